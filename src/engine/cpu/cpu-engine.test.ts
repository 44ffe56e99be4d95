import { runEngineContract } from '../engine-contract.ts';
import { createCpuEngine } from './cpu-engine.ts';

runEngineContract('cpu', createCpuEngine, 0);

import { runEngineContract } from '../engine-contract.ts';
import { createCpuEngine } from './cpu-engine.ts';

runEngineContract('cpu', memoryBytes => createCpuEngine(undefined, memoryBytes), 0);

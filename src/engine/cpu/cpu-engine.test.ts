import { runEngineContract } from '../engine-contract.ts';
import { allArchitectures } from '../tiny-model.ts';
import { createCpuEngine } from './cpu-engine.ts';

runEngineContract('cpu', createCpuEngine, 0, allArchitectures);

/** npm run simulate [-- --runs 1000] [--seed 17]: one line for each run that fails and for each 50 that are done, and the sum. */
import { parseArgs } from 'node:util';
import { simulate } from './simulate.ts';

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '1' },
    seed: { type: 'string', default: '1' },
    verbose: { type: 'boolean' },
  },
});
const first = Number(values.seed);
const runs = Number(values.runs);
let failed = 0;
let takeovers = 0;
let faults = 0;
for (let seed = first; seed < first + runs; seed++) {
  try {
    const run = await simulate(seed);
    takeovers += run.takeovers;
    faults += run.faults.length;
    if (values.verbose || runs === 1) console.log(JSON.stringify(run));
  } catch (error) {
    failed += 1;
    console.log(error instanceof Error ? error.message : error);
  }
  const done = seed - first + 1;
  if (done % 50 === 0 && done < runs) console.log(`${done - failed} of the first ${done} runs hold.`);
}
const seconds = Math.round(process.cpuUsage().user / 1e6);
console.log(
  `${runs - failed} of ${runs} runs hold; ${faults} faults, ${takeovers} takeovers, ${seconds} s of CPU.`,
);
process.exit(failed === 0 ? 0 : 1);

/**
 * A stage or a head as a list of steps, made once when it is loaded (src/engine/wasm/program.ts) and run for every batch of rows: so
 * nothing but one call goes through JavaScript, and threads meet after each step without it. A step is a count of i32
 * words, its number, and its arguments; a count of 0 ends the list. The list begins with what all steps share (batch.ts).
 */
import { attendStep, headStep } from './attention-steps';
import { scratchOf, STEPS } from './batch';
import { deltaStep } from './delta-step';
import { chooseStep, gatherStep, groupStep, mixStep } from './expert-steps';
import { multiplyStep } from './multiply-step';
import { gateStep, normStep, quantizeStep } from './row-steps';
import { meet } from './team';

export function run(program: usize, thread: i32, threads: i32): void {
  const scratch = scratchOf(program, thread);
  let step = program + STEPS;
  for (let length = load<i32>(step); length != 0; ) {
    const words = step + 8;
    const next = step + <usize>length * 4;
    // Read before the threads meet: after the last meeting the program may be gone.
    const nextLength = load<i32>(next);
    switch (load<i32>(step, 4)) {
      case 0:
        normStep(program, words, scratch);
        break;
      case 1:
        multiplyStep(program, words, threads, scratch);
        break;
      case 2:
        headStep(program, words);
        break;
      case 3:
        attendStep(program, words, scratch);
        break;
      case 4:
        quantizeStep(program, words, scratch);
        break;
      case 5:
        gateStep(program, words);
        break;
      case 6:
        chooseStep(program, words);
        break;
      case 7:
        groupStep(program, words, scratch);
        break;
      case 8:
        gatherStep(program, words);
        break;
      case 9:
        mixStep(program, words);
        break;
      default:
        deltaStep(program, words, scratch);
    }
    meet(threads);
    step = next;
    length = nextLength;
  }
}

/**
 * Threads that work on one program together. All share the memory; a page of it at SYNC holds what they tell each other, each word on
 * a cache line of its own. Compiled without threads it is one thread that never waits.
 */
import { run } from './program';

const ARRIVED: usize = 1024;
const PHASE: usize = 1088;
/** How many sleep until the phase changes, and until there is a job. */
const PHASE_SLEEPERS: usize = 1152;
const JOB_SLEEPERS: usize = 1408;
const NEXT: usize = 1216;
const JOB: usize = 1280;
const JOB_PROGRAM: usize = 1344;
/** The lower bits of a job are the count of its threads, the others number the jobs. */
const JOB_BITS: i32 = 8;

/** Looks at a word this often before it sleeps: some 20 microseconds, and waking a thread costs some 50. */
const LOOKS: i32 = 20000;

/** Takes the next piece of the step under way; pieces count from 0 in every step. */
export function takePiece(): i32 {
  if (ASC_FEATURE_THREADS) return atomic.add<i32>(NEXT, 1);
  const piece = load<i32>(NEXT);
  store<i32>(NEXT, piece + 1);
  return piece;
}

/** Waits until all threads have done the step. */
export function meet(threads: i32): void {
  if (!ASC_FEATURE_THREADS || threads == 1) {
    store<i32>(NEXT, 0);
    return;
  }
  const phase = atomic.load<i32>(PHASE);
  if (atomic.add<i32>(ARRIVED, 1) == threads - 1) {
    atomic.store<i32>(ARRIVED, 0);
    atomic.store<i32>(NEXT, 0);
    atomic.store<i32>(PHASE, phase + 1);
    if (atomic.load<i32>(PHASE_SLEEPERS) > 0) atomic.notify(PHASE);
  } else {
    waitWhile(PHASE, phase, PHASE_SLEEPERS);
  }
}

/** Looks first and then sleeps while the word at `at` is `value`; counted at `sleepers` meanwhile. */
function waitWhile(at: usize, value: i32, sleepers: usize): void {
  for (let look = 0; look < LOOKS; look++) if (atomic.load<i32>(at) != value) return;
  atomic.add<i32>(sleepers, 1);
  // A word that changes between the looks and the sleep ends the sleep at once.
  while (atomic.load<i32>(at) == value) atomic.wait<i32>(at, value, -1);
  atomic.sub<i32>(sleepers, 1);
}

/** The first thread: has so many threads run the program. */
export function lead(program: usize, threads: i32): void {
  if (ASC_FEATURE_THREADS && threads > 1) {
    store<usize>(JOB_PROGRAM, program);
    const number = (atomic.load<i32>(JOB) >> JOB_BITS) + 1;
    atomic.store<i32>(JOB, (number << JOB_BITS) | threads);
    if (atomic.load<i32>(JOB_SLEEPERS) > 0) atomic.notify(JOB);
  }
  run(program, 0, threads);
}

/**
 * Every other thread: runs what is led, until its worker is ended. `job` is the last job before it was made. A job that is done without it
 * may be over before it looks, so what it reads of a job is one word; the program stands until all whom it concerns have met after its last step.
 */
export function follow(thread: i32, job: i32): void {
  if (!ASC_FEATURE_THREADS) return;
  for (;;) {
    waitWhile(JOB, job, JOB_SLEEPERS);
    job = atomic.load<i32>(JOB);
    const threads = job & ((1 << JOB_BITS) - 1);
    if (thread < threads) run(load<usize>(JOB_PROGRAM), thread, threads);
  }
}

export function lastJob(): i32 {
  return ASC_FEATURE_THREADS ? atomic.load<i32>(JOB) : 0;
}

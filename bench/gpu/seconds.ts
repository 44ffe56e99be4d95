import { median } from '../row.ts';

const runs = 5;
/** Long enough that submitting does not count. */
const enoughSeconds = 0.05;
const timesMax = 4096;

/**
 * Seconds that one call of `encode` takes the GPU, as the median of several submits of as many calls as fill 50 ms. The first
 * submits, in which clocks rise, are not counted.
 */
export async function secondsOf(
  device: GPUDevice,
  encode: (pass: GPUComputePassEncoder) => void,
): Promise<number> {
  let times = 1;
  while (times < timesMax && (await submit(device, encode, times)) < enoughSeconds) times *= 2;
  const values: number[] = [];
  for (let run = 0; run < runs; run++) values.push((await submit(device, encode, times)) / times);
  return median(values);
}

async function submit(
  device: GPUDevice,
  encode: (pass: GPUComputePassEncoder) => void,
  times: number,
): Promise<number> {
  const encoder = device.createCommandEncoder();
  const pass = encoder.beginComputePass();
  for (let i = 0; i < times; i++) encode(pass);
  pass.end();
  const commands = encoder.finish();
  const started = performance.now();
  device.queue.submit([commands]);
  await device.queue.onSubmittedWorkDone();
  return (performance.now() - started) / 1000;
}

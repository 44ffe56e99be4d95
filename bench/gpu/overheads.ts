/** What a step costs beside its arithmetic: it is what a small model on a large GPU is bound by. */
import { median, type Row } from '../row.ts';
import { secondsOf } from './seconds.ts';

const runs = 20;
const many = 200;
const readBytes = 8192;
const addOne = `@group(0) @binding(0) var<storage, read_write> numbers: array<f32>;
@compute @workgroup_size(64) fn main(@builtin(local_invocation_index) i: u32) { numbers[i] += 1.0; }`;

/** All in microseconds. */
export async function measureOverheads(adapter: GPUAdapter): Promise<Row[]> {
  const device = await adapter.requestDevice();
  const module = device.createShaderModule({ code: addOne });
  const pipeline = await device.createComputePipelineAsync({ layout: 'auto', compute: { module } });
  const { COPY_DST, COPY_SRC, MAP_READ, STORAGE } = GPUBufferUsage;
  const buffer = device.createBuffer({ size: readBytes, usage: STORAGE | COPY_SRC });
  const staging = device.createBuffer({ size: readBytes, usage: MAP_READ | COPY_DST });
  const bindGroup = device.createBindGroup({
    layout: pipeline.getBindGroupLayout(0),
    entries: [{ binding: 0, resource: { buffer } }],
  });
  const dispatch = (pass: GPUComputePassEncoder) => {
    pass.setPipeline(pipeline);
    pass.setBindGroup(0, bindGroup);
    pass.dispatchWorkgroups(1);
  };
  const step = async (dispatches: number) => {
    const begun = performance.now();
    const encoder = device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    for (let i = 0; i < dispatches; i++) dispatch(pass);
    pass.end();
    encoder.copyBufferToBuffer(buffer, 0, staging, 0, readBytes);
    const commands = encoder.finish();
    const encoded = performance.now();
    device.queue.submit([commands]);
    const submitted = performance.now();
    await staging.mapAsync(GPUMapMode.READ, 0, readBytes);
    staging.getMappedRange(0, readBytes).slice(0);
    staging.unmap();
    return {
      encode: encoded - begun,
      submit: submitted - encoded,
      all: performance.now() - begun,
    };
  };
  const rows: Row[] = [];
  const take = (name: string, ms: number) =>
    rows.push({ name: `overhead/${name}`, value: ms * 1000, unit: 'us' });
  take('dispatch-that-waits-for-the-one-before', (await secondsOf(device, dispatch)) * 1000);
  for (const dispatches of [1, many]) {
    await step(dispatches);
    const times = [];
    for (let run = 0; run < runs; run++) times.push(await step(dispatches));
    for (const part of ['encode', 'submit', 'all'] as const)
      take(`${part}/${dispatches}-dispatches-and-readback`, median(times.map(each => each[part])));
  }
  device.destroy();
  return rows;
}

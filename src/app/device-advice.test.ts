import { expect, test } from 'vitest';
import type { DeviceInfo } from '../engine/engine.ts';
import type { Plan } from '../pod/plan.ts';
import { deviceAdvice } from './device-advice.ts';

const plan: Plan = { spread: 'fast', assignments: [], spare: [], standbys: [], explanation: [] };
const measured: Plan = { ...plan, forecast: { tokenMs: 80, layersMs: 70, waysMs: 5, headMs: 5 } };
const gpu: DeviceInfo = { kind: 'webgpu', name: 'GPU', halves: true };
const cpu: DeviceInfo = {
  kind: 'cpu',
  name: 'CPU',
  note: 'There is no WebGPU here, so layers run on the CPU.',
};
const offered = { wholeBytes: 1e9, device: gpu, self: { memoryBytes: 2e9 }, alone: true, plan: undefined };

test('a GPU with room for all of it lacks nothing', () => {
  expect(deviceAdvice(offered)).toBe('');
  expect(deviceAdvice({ ...offered, device: undefined, self: undefined })).toBe('');
});

test('without a GPU it says why, and how fast it would be by what was measured, or that nobody knows', () => {
  expect(deviceAdvice({ ...offered, device: cpu, plan: measured })).toBe(
    'There is no WebGPU here, so layers run on the CPU. That is slower than a GPU, the more so the larger the model. By what was measured so far it would write about 13 tokens/s.',
  );
  expect(deviceAdvice({ ...offered, device: { kind: 'cpu', name: 'CPU' }, plan })).toMatch(
    /^Layers of this tab run on its CPU\. .* How fast is known after a first answer\.$/,
  );
  expect(deviceAdvice({ ...offered, device: cpu })).not.toContain('How fast');
});

test('a GPU without f16 is told, and memory that is smaller than the model, alone and in company', () => {
  expect(deviceAdvice({ ...offered, device: { ...gpu, halves: false } })).toContain('no 16-bit numbers');
  const small = { ...offered, self: { memoryBytes: 3e8 } };
  expect(deviceAdvice(small)).toBe(
    'The whole model takes 1.0 GB of memory and this tab has 300 MB for it, so it cannot answer alone.',
  );
  expect(deviceAdvice({ ...small, alone: false })).toContain('so it answers together with others only.');
});

/**
 * A library as WebLLM's loader wants one, which computes nothing: each function of the runtime that the loader calls before it has weights
 * answers that all went well. A real one is compiled for its model, and is not to be had without a network.
 */
import asc from 'assemblyscript/asc';

const source = `
/** Any handle but 0, which means that there is no such function. */
const handle: usize = 1;
let free: usize = 4096;
/** Beyond those that the runtime numbers itself; the loader wants each name to have its own. */
let type: u32 = 64;

export function TVMWasmAllocSpace(bytes: usize): usize {
  const at = free;
  free += (bytes + 15) & ~15;
  while (free > (<usize>memory.size() << 16)) memory.grow(1);
  return at;
}
export function TVMWasmFreeSpace(at: usize): void {}
export function TVMFFIFunctionGetGlobal(name: usize, out: usize): i32 {
  store<usize>(out, handle);
  return 0;
}
export function TVMFFIWasmFunctionCreate(index: usize, out: usize): i32 {
  store<usize>(out, handle);
  return 0;
}
export function TVMFFIFunctionSetGlobal(name: usize, made: usize, again: i32): i32 {
  return 0;
}
/** Answers nothing: type 0. */
export function TVMFFIFunctionCall(called: usize, args: usize, count: i32, out: usize): i32 {
  store<u64>(out, 0);
  store<u64>(out, 0, 8);
  return 0;
}
export function TVMFFITypeKeyToIndex(key: usize, out: usize): i32 {
  store<u32>(out, type++);
  return 0;
}
export function TVMFFIObjectIncRef(object: usize): i32 {
  return 0;
}
export function TVMFFIObjectDecRef(object: usize): i32 {
  return 0;
}
export function _initialize(): void {}
`;

export async function standInLibrary(): Promise<Buffer> {
  const { error, binary, stderr } = await asc.compileString(source, {
    runtime: 'stub',
    use: ['abort='],
    initialMemory: 16,
  });
  if (error || !binary) throw new Error(`The stand-in library does not compile: ${stderr}`);
  return Buffer.from(binary);
}

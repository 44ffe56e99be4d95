/**
 * An adapter whose device is one for all: closing it does nothing, and a pipeline of the same source is compiled once.
 * Every case of the contract makes an engine, and on the software adapter compiling is most of what that takes.
 */
export async function keptDevice(adapter: GPUAdapter): Promise<GPUAdapter> {
  const sources = new WeakMap<GPUShaderModule, string>();
  const pipelines = new Map<string, Promise<GPUComputePipeline>>();
  let kept: Promise<GPUDevice> | undefined;

  const request = async (descriptor: GPUDeviceDescriptor): Promise<GPUDevice> => {
    const device = await adapter.requestDevice(descriptor);
    const createShaderModule = device.createShaderModule.bind(device);
    const createPipeline = device.createComputePipelineAsync.bind(device);
    return Object.assign(device, {
      destroy: () => undefined,
      createShaderModule(descriptor: GPUShaderModuleDescriptor) {
        const module = createShaderModule(descriptor);
        sources.set(module, descriptor.code);
        return module;
      },
      createComputePipelineAsync(descriptor: GPUComputePipelineDescriptor) {
        const source = sources.get(descriptor.compute.module)!;
        const pipeline = pipelines.get(source) ?? createPipeline(descriptor);
        pipelines.set(source, pipeline);
        return pipeline;
      },
    });
  };
  return {
    info: adapter.info,
    limits: adapter.limits,
    features: adapter.features,
    requestDevice: (descriptor: GPUDeviceDescriptor) => (kept ??= request(descriptor)),
  } as unknown as GPUAdapter;
}

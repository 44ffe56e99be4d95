/** Whether a processor plays the GPU. */
export function isSoftware({ info }: GPUAdapter): boolean {
  const name = `${info.architecture} ${info.description} ${info.device}`;
  return info.isFallbackAdapter || /swiftshader|llvmpipe|lavapipe|basic render/i.test(name);
}

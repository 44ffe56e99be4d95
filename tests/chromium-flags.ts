/** A Chromium that runs anywhere, calls nobody, and computes WebGPU in software. */
export const chromiumFlags: readonly string[] = [
  '--headless=new',
  '--no-sandbox',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--enable-unsafe-webgpu',
  '--use-webgpu-adapter=swiftshader',
  // Tests keep a machine as busy as other programs do, and a page would lend nothing beside them.
  '--disable-blink-features=ComputePressure',
];

// Bandwidth: every thread copies four times 16 bytes, neighbours side by side.
@group(0) @binding(0) var<storage, read> from_words: array<vec4<u32>>;
@group(0) @binding(1) var<storage, read_write> to_words: array<vec4<u32>>;

@compute @workgroup_size(256)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let count = groups.x * 256u;
  for (var i = id.x; i < 4u * count; i += count) {
    to_words[i] = from_words[i];
  }
}

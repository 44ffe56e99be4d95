// Makes src/*/wire/NAME.ts from NAME.proto. The generated code does not meet our compiler's rules on unused parameters
// (https://github.com/ipfs/protons leaves them in), so its body is not type-checked; what it exports is.
import { execFileSync } from 'node:child_process';
import { globSync, readFileSync, writeFileSync } from 'node:fs';

for (const schema of globSync('src/*/wire/*.proto')) {
  execFileSync('protons', [schema], { stdio: 'inherit' });
  const made = schema.replace(/proto$/, 'ts');
  writeFileSync(
    made,
    `// @ts-nocheck\n// Made by \`npm run proto\` from ${schema}.\n${readFileSync(made, 'utf8')}`,
  );
}

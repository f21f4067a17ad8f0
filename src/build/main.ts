// The second half of `npm run build`, after tsc: lays what is sent as it is beside the code and packs the program.
import { chmod, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pack } from './pack.ts';
import { copySentFiles } from './sent-files.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const dist = join(root, 'dist');
await copySentFiles(root, dist);
await pack(root, dist);
await writeFile(join(dist, 'main.js'), "#!/usr/bin/env node\nimport './packed/main.js';\n");
await chmod(join(dist, 'main.js'), 0o755);
// tsc by itself shall write main.js anew, too, so that what starts is never older than what lies beside it
await rm(join(dist, '.tsbuildinfo'), { force: true });

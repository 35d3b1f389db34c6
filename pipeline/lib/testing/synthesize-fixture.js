import { join } from 'node:path';
import { synthesize } from '../synth.ts';
import { tempFolder, writeRepository } from './fixture.ts';

/** Leaves the folder's path for the tests, which run in processes of their own. */
export default function setup() {
  process.env.CDK_VALIDATION = 'false'; // one test of its own looks after validation
  const { path } = tempFolder();
  writeRepository(path);
  synthesize({ root: path, out: join(path, 'cdk.out') });
  process.env.SLIPWAY_FIXTURE = path;
}

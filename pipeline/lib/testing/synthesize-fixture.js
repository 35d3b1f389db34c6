import { join } from 'node:path';
import { synthesize } from '../synth.ts';
import { asiaEnvironments, RICH, tempFolder, writeRepository } from './fixture.ts';

/** Leaves the folders' paths for the tests, which run in processes of their own. */
export default function setup() {
  process.env.CDK_VALIDATION = 'false'; // one test of its own looks after validation
  process.env.SLIPWAY_FIXTURE = synthesized();
  process.env.SLIPWAY_RICH_FIXTURE = synthesized(RICH);
  process.env.SLIPWAY_ASIA_FIXTURE = synthesized({ environments: asiaEnvironments() });
}

function synthesized(files) {
  const { path } = tempFolder();
  writeRepository(path, files);
  synthesize({ root: path, out: join(path, 'cdk.out') });
  return path;
}

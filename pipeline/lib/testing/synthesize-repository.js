import { join } from 'node:path';
import { synthesize } from '../synth.ts';
import { tempFolder, writeRepository } from './fixture.ts';

/** Synthesizes a repository with these files into its `cdk.out`; returns its folder, which is the caller's to remove. */
export function synthesizeRepository(files) {
  const { path } = tempFolder();
  writeRepository(path, files);
  synthesize({ root: path, out: join(path, 'cdk.out') });
  return path;
}

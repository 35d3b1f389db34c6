import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { createLayout, openLayout, readIndex, readLayoutManifest, writeIndex, writeJson } from './layout.ts';
import { mediaTypes } from './media-type.ts';

test('a layout is written and read back', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'slipway-layout-'));
  const layout = await createLayout(directory);
  const config = await writeJson(layout.blobs, mediaTypes.config, {});
  const value = { schemaVersion: 2, mediaType: mediaTypes.manifest, config, layers: [] };
  const manifest = await writeJson(layout.blobs, mediaTypes.manifest, value);
  await writeIndex(layout, [manifest]);
  const opened = await openLayout(directory);
  expect((await readIndex(opened)).manifests).toEqual([manifest]);
  expect((await readLayoutManifest(opened, manifest)).manifest).toMatchObject({ kind: 'image', config });
  expect(await readFile(join(directory, 'oci-layout'), 'utf8')).toBe('{"imageLayoutVersion":"1.0.0"}');
  await rm(directory, { recursive: true });
  await expect(openLayout(directory)).rejects.toMatchObject({ code: 'LAYOUT_INVALID' });
});

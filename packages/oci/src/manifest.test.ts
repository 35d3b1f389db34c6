import { describe, expect, test } from '@jest/globals';
import { digestOf } from './digest.ts';
import { parseImageConfig } from './image-config.ts';
import { encodeJson, parseManifest } from './manifest.ts';
import { mediaTypes } from './media-type.ts';

const blob = { mediaType: mediaTypes.config, digest: digestOf('{}'), size: 2 };
const good = { schemaVersion: 2, mediaType: mediaTypes.manifest, config: blob, layers: [] };

describe('manifest', () => {
  test('is read as image or index by its media type', () => {
    expect(parseManifest(encodeJson(good))).toMatchObject({ kind: 'image', config: blob });
    const index = { schemaVersion: 2, mediaType: mediaTypes.index, manifests: [blob] };
    expect(parseManifest(encodeJson(index))).toMatchObject({ kind: 'index', manifests: [blob] });
  });

  test.each<[string, unknown, RegExp]>([
    ['no object', [], /not an object/],
    ['another schema', { ...good, schemaVersion: 1 }, /schemaVersion/],
    ['a made-up digest', { ...good, config: { ...blob, digest: 'sha256:../../etc' } }, /config\.digest/],
    ['a negative size', { ...good, layers: [{ ...blob, size: -1 }] }, /layers\[0\]\.size/],
    ['a size beyond whole numbers', { ...good, layers: [{ ...blob, size: 2 ** 60 }] }, /layers\[0\]\.size/],
    ['layers that are no list', { ...good, layers: {} }, /layers is not a list/],
    [
      'another type than it was sent as',
      { ...good, mediaType: mediaTypes.index, manifests: [] },
      /calls itself/,
    ],
    ['an unknown type', { ...good, mediaType: 'text/html' }, /calls itself|no image manifest/],
    ['annotations that are no texts', { ...good, annotations: { a: 1 } }, /annotations\.a/],
  ])('with %s is refused', (_, value, why) => {
    expect(() => parseManifest(encodeJson(value), mediaTypes.manifest)).toThrow(why);
  });

  test('that is no JSON is refused', () => {
    expect(() => parseManifest(Buffer.from('<html>'))).toThrow(/not JSON/);
    expect(() => parseManifest(Buffer.from([0x22, 0xff, 0x22]))).toThrow(/not JSON/);
  });
});

describe('image config', () => {
  const config = { architecture: 'amd64', os: 'linux', rootfs: { type: 'layers', diff_ids: [digestOf('')] } };

  test('keeps what it knows and drops the rest', () => {
    const read = parseImageConfig(
      encodeJson({ ...config, config: { Env: ['A=1'], Shell: ['sh'] }, container: 'x' }),
    );
    expect(read).toEqual({ ...config, config: { Env: ['A=1'] } });
  });

  test.each([
    {},
    { ...config, rootfs: { type: 'layers', diff_ids: ['x'] } },
    { ...config, config: { Env: [1] } },
  ])('that is malformed is refused (%#)', value =>
    expect(() => parseImageConfig(encodeJson(value))).toThrow(),
  );
});

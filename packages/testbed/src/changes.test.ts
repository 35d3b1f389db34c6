import { cpSync, globSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { answer503, changeLead, failToStart } from './changes.ts';
import { SERVICES } from './services.ts';

const checkout = resolve(import.meta.dirname, '../../..');
let root: string;

/** What the stories of pushes change is here as they know it, which a story would find out minutes later. */
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'slipway-changes-'));
  for (const file of globSync('packages/{blog,market,news,user}/src/**/*.ts', { cwd: checkout })) {
    cpSync(join(checkout, file), join(root, file));
  }
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

test.each(SERVICES.map(each => each.name))(
  '%s can have another lead, fail to start and answer 503',
  service => {
    const changes = [
      changeLead(service, 'Another lead.'),
      answer503(service, { environment: 'staging', path: '/', words: 'the tide is out' }),
      failToStart(service, 'staging', 'there is no wind'),
    ];
    for (const change of changes) expect(() => change(root)).not.toThrow();
  },
);

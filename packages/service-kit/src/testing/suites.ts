import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Express } from 'express';
import supertest from 'supertest';
import { bundleService } from '../bundle.ts';
import { readDeclaration } from './declaration.ts';
import { testIdentity } from './kit.ts';
import { startLocalDynamo } from './local-dynamo.ts';
import { ownAddress, startServiceProcess } from './service-process.ts';

/** What the platform and every other service may expect of this one's app. */
export function describeApp(serviceFolder: string, create: () => Express): void {
  const { path, health } = readDeclaration(serviceFolder);

  describe(`the app at ${path}`, () => {
    test('is healthy at the path that service.yaml declares', async () => {
      await supertest(create()).get(health.path).expect(200, { status: 'ok' });
    });

    test('says who answered', async () => {
      await supertest(create())
        .get(`${path}/json`)
        .expect('Cache-Control', 'no-store')
        .expect(200, testIdentity);
    });

    test('shows a page that loads nothing from elsewhere and runs no inline script', async () => {
      const { text, headers } = await supertest(create())
        .get(`${path}/`)
        .expect(200)
        .expect('Content-Type', /html/);
      expect(headers['content-security-policy']).not.toMatch(/unsafe|upgrade-insecure-requests/);
      expect(text).not.toMatch(/https?:\/\/|<script>| style="| on\w+="/);
      expect(text).toContain(testIdentity.task);
    });

    test('serves every file that its page names', async () => {
      const { text } = await supertest(create()).get(`${path}/`);
      const named = [...text.matchAll(/(?:src|href)="(\/[^"]+)"/g)].map(([, file]) => file!);
      const files = named.filter(file => file.startsWith(`${path}/`));
      expect(files.length).toBeGreaterThanOrEqual(5);
      for (const file of files) await supertest(create()).get(file).expect(200);
    });

    test('shows its page in Chinese to who reads it, and in English at a link', async () => {
      const { text } = await supertest(create()).get(`${path}/`).set('Accept-Language', 'zh-CN,en;q=0.5');
      expect(text).toContain('<html lang="zh-Hans">');
      const [, other] = /href="([^"]+)">English</.exec(text)!;
      const english = await supertest(create()).get(other!).set('Accept-Language', 'zh').expect(200);
      expect(english.text).toContain('<html lang="en">');
    });

    test('explains its interface on a page of the same kind', async () => {
      const { text, headers } = await supertest(create())
        .get(`${path}/docs`)
        .expect(200)
        .expect('Content-Type', /html/);
      expect(headers['content-security-policy']).not.toMatch(/unsafe/);
      expect(text).not.toMatch(/<script>| style="| on\w+="/);
      const { body } = await supertest(create()).get(`${path}/openapi.json`).expect(200);
      for (const at of Object.keys(body.paths)) expect(text).toContain(`<code>${at}</code>`);
    });

    test('is ready while nothing is the matter', async () => {
      await supertest(create()).get(`${path}/readyz`).expect(200);
    });

    test('leaves the root and what it does not know to others', async () => {
      for (const unknown of ['/', '/json', `${path}/no/such/route`, `${path}/assets/..%2fpackage.json`]) {
        const { body } = await supertest(create())
          .get(unknown)
          .expect(404)
          .expect('Content-Type', /problem\+json/);
        expect(body).toMatchObject({ type: 'about:blank', title: 'Not Found', status: 404 });
      }
    });
  });
}

/** What the platform may expect of this service's bundle as a process. */
export function describeBundle(serviceFolder: string): void {
  const { name, path, health } = readDeclaration(serviceFolder);

  describe(`the bundle of ${name}`, () => {
    let out: string;
    beforeAll(async () => {
      out = mkdtempSync(join(tmpdir(), 'slipway-bundle-'));
      await bundleService(serviceFolder, out);
    });
    afterAll(() => rmSync(out, { recursive: true, force: true }));

    test('serves alone, from its tables and on its own address, and ends with 0 when it is told to', async () => {
      await using dynamo = await startLocalDynamo(serviceFolder);
      await using service = await startServiceProcess(join(out, 'main.js'), {
        ...dynamo.env,
        SLIPWAY_ENVIRONMENT: 'staging',
        SLIPWAY_COMMIT: 'c0ffee',
      });
      await expect(get(service.url + health.path)).resolves.toMatchObject({ status: 200 });
      const identity = JSON.parse((await get(`${service.url}${path}/json`)).text);
      expect(identity).toMatchObject({
        service: name,
        ip: ownAddress,
        environment: 'staging',
        commit: 'c0ffee',
      });
      await expect(get(`${service.url}${path}/`)).resolves.toMatchObject({ status: 200 });
      await expect(get(`${service.url}${path}/assets/bootstrap.min.css`)).resolves.toMatchObject({
        status: 200,
      });

      service.terminate();
      await expect(service.ended).resolves.toBe(0);
    });
  });
}

/** One request on a connection of its own. */
async function get(url: string): Promise<{ status: number | undefined; text: string }> {
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number | undefined; text: string }>();
  request(url, { agent: false }, response => {
    let text = '';
    response.setEncoding('utf8');
    response.on('data', chunk => {
      text += chunk;
    });
    response.on('end', () => resolve({ status: response.statusCode, text }));
  })
    .once('error', reject)
    .end();
  return promise;
}

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { expect, test } from '@jest/globals';
import { type BootFault, boot } from './boot.ts';
import { tempFolder } from './testing/fixture.ts';

const listen = (answer: string) =>
  `require('node:http').createServer((q, r) => ${answer}).listen(process.env.PORT, process.env.HOST);`;

async function bootProgram(
  program: string,
  timeoutMs = 10_000,
): Promise<{ fault: BootFault; output: string }> {
  using folder = tempFolder();
  writeFileSync(join(folder.path, 'main.js'), program);
  const output = new PassThrough();
  const variables = { GREETING: 'hello' };
  const fault = await boot({
    folder: folder.path,
    healthPath: '/news/healthz',
    variables,
    timeoutMs,
    output,
  });
  return { fault, output: String(output.read() ?? '') };
}

test('a bundle that answers its health check is good, and is stopped again', async () => {
  const { fault, output } = await bootProgram(
    `console.log(process.pid, process.env.GREETING);
    ${listen("r.writeHead(q.url === '/news/healthz' ? 200 : 404).end()")}`,
  );
  expect(fault).toBeUndefined();
  expect(output).toMatch(/^\d+ hello\n$/);
  expect(() => process.kill(Number.parseInt(output, 10), 0)).toThrow('ESRCH');
});

test('a bundle that ends at once is refused', async () => {
  const { fault } = await bootProgram('process.exit(3)');
  expect(fault).toBe('it ended before its health check answered');
});

test('a bundle whose health check never turns good is refused with what it answered', async () => {
  const { fault } = await bootProgram(listen('r.writeHead(503).end()'), 1000);
  expect(fault).toBe('its health check answered 503 instead of 200 for 1 s');
});

import { createServer } from 'node:net';
import { expect, test } from '@jest/globals';
import { doorsOf, requireFreePorts } from './doors.ts';

test('production is at 8080 and the others follow upward, wherever production stands in the list', () => {
  expect(doorsOf(['staging', 'production', 'osaka'], {})).toEqual([
    { environment: 'production', port: 8080, testPort: 9080 },
    { environment: 'staging', port: 8081, testPort: 9081 },
    { environment: 'osaka', port: 8082, testPort: 9082 },
  ]);
});

test('a variable moves one door, and must be a port', () => {
  expect(doorsOf(['production'], { SLIPWAY_PRODUCTION_PORT: '9000' })[0]).toMatchObject({
    port: 9000,
    testPort: 10000,
  });
  expect(() => doorsOf(['production'], { SLIPWAY_PRODUCTION_PORT: 'http' })).toThrow(
    'SLIPWAY_PRODUCTION_PORT is "http"',
  );
});

test('a busy port is named with what to do', async () => {
  const other = createServer();
  await new Promise<void>(resolve => other.listen(0, '127.0.0.1', resolve));
  const { port } = other.address() as { port: number };
  await expect(requireFreePorts([{ port, variable: 'SLIPWAY_PORT' }])).rejects.toThrow(
    `Port ${port} is in use by another program: stop it, or set SLIPWAY_PORT to a free port.`,
  );
  other.close();
});

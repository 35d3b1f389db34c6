import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from '@jest/globals';
import { doorUrl } from './balancers.ts';
import type { Target } from './target.ts';

/** Elastic Load Balancing with a door and a balancer, whose listener at port 80 does this; and nothing else. */
async function openBalancing({ action, tag }: { action: string; tag?: string }) {
  const server = createServer(async (request, response) => {
    const chunks = await request.toArray();
    const asked = new URLSearchParams(Buffer.concat(chunks).toString());
    const operation = asked.get('Action')!;
    const balancer = asked.get('Names.member.1') ?? asked.get('LoadBalancerArn') ?? '';
    const answers: Record<string, string> = {
      DescribeLoadBalancers: `<LoadBalancers><member><LoadBalancerArn>${balancer}</LoadBalancerArn><DNSName>${balancer}.elb</DNSName></member></LoadBalancers>`,
      DescribeListeners: `<Listeners><member><ListenerArn>${balancer}/80</ListenerArn><Port>80</Port><DefaultActions><member>${balancer.endsWith('door') ? '<Type>forward</Type>' : action}</member></DefaultActions></member></Listeners>`,
      DescribeTags: `<TagDescriptions><member><Tags>${tag ? `<member><Key>slipway:local</Key><Value>${tag}</Value></member>` : ''}</Tags></member></TagDescriptions>`,
    };
    response.setHeader('content-type', 'text/xml');
    response.end(
      `<${operation}Response><${operation}Result>${answers[operation]}</${operation}Result></${operation}Response>`,
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const credentials = { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'secret' };
  const target = { endpoint, region: 'ap-northeast-1', credentials } as Target;
  return { target, [Symbol.dispose]: () => void server.close() };
}

const REDIRECT =
  '<Type>redirect</Type><RedirectConfig><Host>services.example.com</Host><Protocol>HTTPS</Protocol></RedirectConfig>';
const NOT_FOUND = '<Type>fixed-response</Type>';

test.each([
  ['its door', { action: NOT_FOUND }, 'http://slipway-production-door.elb:80'],
  ['its domain over TLS, where it has one', { action: REDIRECT }, 'https://services.example.com'],
  [
    'a port of this machine, where the engine says so',
    { action: REDIRECT, tag: 'http://127.0.0.1:8080' },
    'http://127.0.0.1:8080',
  ],
])('the public address of a place is %s', async (_what, balancing, url) => {
  using opened = await openBalancing(balancing);
  expect(await doorUrl(opened.target, 'slipway', 'production')).toBe(url);
});

import {
  DescribeListenersCommand,
  DescribeLoadBalancersCommand,
  DescribeTagsCommand,
  ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { groupOfPlace } from './places.ts';
import type { Target } from './target.ts';

/** The tag by which the engine tells where a listener is reached on this machine. */
const LOCAL_TAG = 'slipway:local';

/** Where a listener answers, as `http://host:port`; undefined when there is no such balancer or listener. */
export async function listenerUrl(
  target: Target,
  balancer: string,
  port: number,
): Promise<string | undefined> {
  const client = new ElasticLoadBalancingV2Client(target);
  const found = await client.send(new DescribeLoadBalancersCommand({ Names: [balancer] })).catch(error => {
    if (error instanceof Error && error.name === 'LoadBalancerNotFoundException') return undefined;
    throw error;
  });
  const { LoadBalancerArn, DNSName } = found?.LoadBalancers?.[0] ?? {};
  if (!LoadBalancerArn) return undefined;
  const { Listeners } = await client.send(new DescribeListenersCommand({ LoadBalancerArn }));
  const listener = Listeners?.find(each => each.Port === port);
  if (!listener?.ListenerArn) return undefined;
  const { TagDescriptions } = await client.send(
    new DescribeTagsCommand({ ResourceArns: [listener.ListenerArn] }),
  );
  const local = TagDescriptions?.[0]?.Tags?.find(tag => tag.Key === LOCAL_TAG)?.Value;
  return local ?? `http://${DNSName}:${port}`;
}

/** The public address of a place: its door, as the target of that place sees it. */
export function doorUrl(target: Target, product: string, environment: string): Promise<string | undefined> {
  return listenerUrl(target, `${product}-${groupOfPlace(environment)}-door`, 80);
}

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

/**
 * The public address of a place as the target of that place sees it: its domain, where the listener behind the door leads
 * everybody there, else its door.
 */
export async function doorUrl(
  target: Target,
  product: string,
  environment: string,
): Promise<string | undefined> {
  const balancer = `${product}-${groupOfPlace(environment)}`;
  const door = await findListener(target, `${balancer}-door`, 80);
  if (!door || door.isLocal) return door?.url;
  const behind = await findListener(target, balancer, 80);
  const domain = behind?.listener.DefaultActions?.[0]?.RedirectConfig?.Host;
  return domain ? `https://${domain}` : door.url;
}

/** A listener and where it answers, as `http://host:port`; undefined when there is no such balancer or listener. */
async function findListener(target: Target, balancer: string, port: number) {
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
  return { listener, url: local ?? `http://${DNSName}:${port}`, isLocal: local !== undefined };
}

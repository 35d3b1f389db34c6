import type { ResourceHandlers } from '../../../core/resource.ts';
import { autoscaling } from './autoscaling.ts';
import { compute } from './compute.ts';
import { dns } from './dns.ts';
import { ec2 } from './ec2.ts';
import { kms } from './kms.ts';
import { notifications } from './notifications.ts';
import { queues } from './queues.ts';
import { record } from './record.ts';
import { servicediscovery } from './servicediscovery.ts';
import { various } from './various.ts';

/** Handlers for every type that is recorded and shown but has no meaning here. A service that carries one out wins. */
export const recordedResources: ResourceHandlers = record({
  ...ec2,
  ...compute,
  ...dns,
  ...kms,
  ...autoscaling,
  ...notifications,
  ...servicediscovery,
  ...queues,
  ...various,
});

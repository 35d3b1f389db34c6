import { arn } from '../../../core/arn.ts';
import { type RecordedTypes, string } from './record.ts';

/** Names of Service Connect: tasks find each other through the balancer here. */
export const servicediscovery: RecordedTypes = {
  'AWS::ServiceDiscovery::HttpNamespace': {
    physicalId: (_request, unique) => `ns-${unique.replaceAll('-', '').slice(0, 16)}`,
    attributes: ({ stack, properties }, id) => ({
      Arn: arn('servicediscovery', stack, `namespace/${id}`),
      Id: id,
      ...(string(properties, 'Name') && { HttpName: string(properties, 'Name')! }),
    }),
    replacedBy: ['Name'],
  },
};

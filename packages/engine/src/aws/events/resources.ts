import { createHash } from 'node:crypto';
import type { Context } from '../../core/context.ts';
import type { ResourceHandlers, ResourceRequest, ResourceResult } from '../../core/resource.ts';
import type { Table } from '../../core/store.ts';
import { notCarriedOut, parseRule, type Rule } from './rule.ts';

/** `AWS::Events::Rule`: Ref gives the name, Fn::GetAtt the Arn. */
export function createResources(context: Context, rules: Table<Rule>): ResourceHandlers {
  const write = (request: ResourceRequest, name: string): ResourceResult => {
    const parsed = parseRule(context, name, request.properties);
    const existing = rules.get(name);
    const since = existing?.enabled ? existing.since : context.store.events.last();
    rules.put(name, { ...parsed, name, since, madeBy: existing?.madeBy ?? request.token });
    return { physicalId: name, attributes: { Arn: parsed.arn } };
  };
  const create = (request: ResourceRequest): ResourceResult => {
    const name = nameOf(request);
    const existing = rules.get(name);
    if (existing && existing.madeBy !== request.token) throw new Error(`${name} already exists`);
    return existing ? { physicalId: name, attributes: { Arn: existing.arn } } : write(request, name);
  };
  return {
    'AWS::Events::Rule': {
      create: async request => create(request),
      update: async request => {
        const renamed = request.properties.Name !== request.previous.Name;
        return renamed ? create(request) : write(request, request.physicalId);
      },
      delete: async ({ physicalId }) => rules.delete(physicalId),
      notCarriedOut,
    },
  };
}

function nameOf({ properties, stack, logicalId, token }: ResourceRequest): string {
  if (typeof properties.Name === 'string') return properties.Name;
  const unique = createHash('sha256').update(token).digest('hex').slice(0, 12).toUpperCase();
  return `${stack.name.slice(0, 24)}-${logicalId.slice(0, 24)}-${unique}`;
}

import { type Evaluation, evaluate, type Lookups, type Resources, type Template } from '@slipway/assembly';
import type { CloudFormationPorts } from './ports.ts';
import type { Definition, Stack } from './stack.ts';
import type { Tables } from './tables.ts';
import { parseBody } from './template-body.ts';

/** Zones that AWS gives to accounts where they are not a, b and c. */
const ZONES: Record<string, string> = { 'ap-northeast-1': 'acd', 'us-west-1': 'ac', 'ca-central-1': 'abd' };

/** Templates as evaluated for their stacks; parsed once an operation. */
export class Evaluations {
  readonly #tables: Tables;
  readonly #ports: CloudFormationPorts;
  readonly #templates = new Map<string, Template>();
  readonly #known = new Map<string, { id: string; definition: Definition; evaluation: Evaluation }>();

  constructor(tables: Tables, ports: CloudFormationPorts) {
    this.#tables = tables;
    this.#ports = ports;
  }

  /** Evaluates a definition for a stack. Throws a TemplateError. */
  of(stack: Stack, definition: Definition): Evaluation {
    const known = this.#known.get(stack.key);
    if (known?.id === stack.operation.id && known.definition.template === definition.template)
      return known.evaluation;
    const evaluation = this.evaluate(stack, definition);
    this.#known.set(stack.key, { id: stack.operation.id, definition, evaluation });
    return evaluation;
  }

  /** The same, never remembered. */
  evaluate(stack: Pick<Stack, 'account' | 'region' | 'name' | 'id'>, definition: Definition): Evaluation {
    return evaluate({
      template: this.#template(definition.template, stack.name),
      environment: { account: stack.account, region: stack.region, stackName: stack.name, stackId: stack.id },
      parameters: definition.parameters,
      lookups: this.lookups(stack.region),
    });
  }

  /** Forgets what an ended operation needed. */
  drop(stack: Stack): void {
    this.#known.delete(stack.key);
    this.#templates.delete(stack.definition.template);
  }

  lookups(region: string): Lookups {
    return {
      exported: name => this.#tables.exports.get(`${region}/${name}`)?.value,
      parameter: (name, version) => this.#ports.parameter(name, version),
      secret: reference => this.#ports.secret(reference),
      zones: where => [...(ZONES[where] ?? 'abc')].map(letter => where + letter),
    };
  }

  #template(digest: string, stackName: string): Template {
    const template =
      this.#templates.get(digest) ?? parseBody(this.#tables.templates.get(digest) ?? '', stackName);
    this.#templates.set(digest, template);
    return template;
  }
}

/** What Ref and Fn::GetAtt give for the resources of a stack as they are now. */
export function valuesOf(
  resources: ReadonlyMap<string, { physicalId?: string; attributes: Record<string, unknown> }>,
): Resources {
  return logicalId => {
    const resource = resources.get(logicalId);
    if (resource?.physicalId === undefined) return undefined;
    return { physicalId: resource.physicalId, attributes: resource.attributes };
  };
}

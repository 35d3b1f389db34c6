import type { Guard, Objection } from './finding.ts';
import type { Synthesized, SynthesizedStack } from './synthesized.ts';

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html */
const LIMITS = { bytes: 1_000_000, resources: 500, outputs: 200, parameters: 200, references: 60 };

export const templateGuards: readonly Guard[] = [
  {
    id: 'template-size',
    check: ({ stacks }) =>
      stacks
        .filter(({ size }) => size > LIMITS.bytes)
        .map(stack => ({
          stack,
          message: `has a template of ${count(stack.size)} bytes, and CloudFormation takes 1 MB: move a part into a stack of its own`,
        })),
  },
  limit('template-resources', 'resources', ({ template }) => Object.keys(template.Resources).length),
  limit('template-outputs', 'outputs', ({ template }) => Object.keys(template.Outputs ?? {}).length),
  limit('template-parameters', 'parameters', ({ template }) => Object.keys(template.Parameters ?? {}).length),
  {
    id: 'dynamic-references',
    check: ({ stacks }) =>
      stacks.flatMap(stack => {
        const found = JSON.stringify(stack.template).match(/\{\{resolve:/g)?.length ?? 0;
        if (found <= LIMITS.references) return [];
        const message = `has ${found} dynamic references ({{resolve:…}}), and CloudFormation takes ${LIMITS.references} in a template: let the task read them, or move a part into a stack of its own`;
        return { stack, message };
      }),
  },
  { id: 'export-clash', check: exportClashes },
];

function limit(
  id: string,
  what: 'resources' | 'outputs' | 'parameters',
  measure: (stack: SynthesizedStack) => number,
): Guard {
  return {
    id,
    check: ({ stacks }) =>
      stacks
        .filter(stack => measure(stack) > LIMITS[what])
        .map(stack => ({
          stack,
          message: `has ${measure(stack)} ${what}, and CloudFormation takes ${LIMITS[what]} in a template: move a part into a stack of its own`,
        })),
  };
}

/** An export's name is taken once per account and region. */
function exportClashes({ stacks }: Synthesized): Objection[] {
  const owners = new Map<string, string>();
  return stacks.flatMap(stack =>
    Object.entries(stack.template.Outputs ?? {}).flatMap(([logicalId, { Export }]) => {
      if (typeof Export?.Name !== 'string') return [];
      const key = `${stack.environment} ${Export.Name}`;
      const owner = owners.get(key);
      if (owner === undefined) {
        owners.set(key, `${stack.name}/${logicalId}`);
        return [];
      }
      const message = `exports ${Export.Name}, which ${owner} exports already in the same account and region: give it another name`;
      return { stack, logicalId, message };
    }),
  );
}

function count(bytes: number): string {
  return bytes.toLocaleString('en-US');
}

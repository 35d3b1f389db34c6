import type { Guard } from './finding.ts';
import { find, type Properties } from './synthesized.ts';

/** CloudFormation wraps inline code of these runtimes only, into a file named index. */
const INLINE_RUNTIMES = /^(nodejs|python)/;
/** All variables together: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const ENVIRONMENT_BYTES = 4096;

/**
 * Inline code has no limit of its own any more that a template of 1 MB would not meet first.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-lambda-function-code.html
 */
export const functionGuards: readonly Guard[] = [
  {
    id: 'inline-code',
    check: synthesized =>
      find(synthesized, 'AWS::Lambda::Function').flatMap(found => {
        const { Code, Handler, Runtime } = found.properties as Properties;
        if (Code?.ZipFile === undefined) return [];
        if (!INLINE_RUNTIMES.test(String(Runtime)))
          return {
            ...found,
            message: `has inline code for ${Runtime}, which CloudFormation only takes for Node.js and Python: write the function for one of them`,
          };
        if (String(Handler).startsWith('index.')) return [];
        return {
          ...found,
          message: `names the handler ${Handler}, and inline code is always in a file named index: set Handler to index.${String(Handler).split('.').pop()}`,
        };
      }),
  },
  {
    id: 'function-environment',
    check: synthesized =>
      find(synthesized, 'AWS::Lambda::Function').flatMap(found => {
        const variables: Record<string, unknown> = found.properties.Environment?.Variables ?? {};
        const bytes = Object.entries(variables).reduce(
          (sum, [name, value]) => sum + Buffer.byteLength(`${name}${plain(value)}`),
          0,
        );
        if (bytes <= ENVIRONMENT_BYTES) return [];
        const message = `has ${bytes} bytes of environment variables, and Lambda takes ${ENVIRONMENT_BYTES}: keep the values in Parameter Store and name that`;
        return { ...found, message };
      }),
  },
];

function plain(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

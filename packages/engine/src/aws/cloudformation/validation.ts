import { type Evaluation, parseTemplate, type Template, TemplateError } from '@slipway/assembly';
import { AwsError } from '../../core/errors.ts';
import type { ResourceHandlers } from '../../core/resource.ts';

/** Runs `work`; what is wrong with a template is AWS's ValidationError. */
export function asValidationError<R>(work: () => R): R {
  try {
    return work();
  } catch (error) {
    if (error instanceof TemplateError) {
      const { logicalId } = error.place;
      const named = logicalId && !error.sentence.includes(logicalId);
      throw new AwsError('ValidationError', named ? `${error.sentence} (${logicalId})` : error.sentence);
    }
    throw error;
  }
}

export function checkStackName(name: unknown): asserts name is string {
  if (typeof name === 'string' && /^[A-Za-z][-A-Za-z0-9]{0,127}$/.test(name)) return;
  throw new AwsError(
    'ValidationError',
    `1 validation error detected: Value '${String(name).slice(0, 200)}' at 'stackName' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z][-a-zA-Z0-9]*`,
  );
}

/** Throws when a resource that is wanted has a type or an attribute that nobody here carries out; names all. */
export function checkCarriedOut(evaluation: Evaluation, handlers: ResourceHandlers): void {
  const wanted = [...evaluation.graph.keys()].map(logicalId => ({
    logicalId,
    ...evaluation.definition(logicalId),
  }));
  const unknown = wanted
    .filter(each => !Object.hasOwn(handlers, each.type))
    .map(each => `${each.type} (${each.logicalId})`);
  if (unknown.length > 0) {
    const verb = unknown.length === 1 ? 'is' : 'are';
    throw new AwsError('ValidationError', `${unknown.join(', ')} ${verb} not carried out locally`);
  }
  for (const {
    logicalId,
    type,
    deletionPolicy,
    updateReplacePolicy,
    creationPolicy,
    updatePolicy,
  } of wanted) {
    const attribute =
      (deletionPolicy === 'Snapshot' && 'DeletionPolicy Snapshot') ||
      (updateReplacePolicy === 'Snapshot' && 'UpdateReplacePolicy Snapshot') ||
      (creationPolicy !== undefined && 'CreationPolicy') ||
      (updatePolicy !== undefined && 'UpdatePolicy');
    if (attribute)
      throw new AwsError(
        'ValidationError',
        `${attribute} of ${type} (${logicalId}) is not carried out locally`,
      );
  }
}

/** IAM resources whose fixed name needs CAPABILITY_NAMED_IAM, by the property that gives it. */
const NAMED_IAM: Record<string, string> = {
  'AWS::IAM::Role': 'RoleName',
  'AWS::IAM::ManagedPolicy': 'ManagedPolicyName',
  'AWS::IAM::InstanceProfile': 'InstanceProfileName',
  'AWS::IAM::User': 'UserName',
  'AWS::IAM::Group': 'GroupName',
};

/** The capabilities that a template asks for. https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-iam-template.html */
export function requiredCapabilities(definitions: { type: string; properties: object }[]): string[] {
  const iam = definitions.filter(each => /^AWS::IAM::(?!ServiceLinkedRole)/.test(each.type));
  const named = iam.some(({ type, properties }) => (NAMED_IAM[type] ?? '') in properties);
  if (iam.length === 0) return [];
  return [named ? 'CAPABILITY_NAMED_IAM' : 'CAPABILITY_IAM'];
}

/** Throws AWS's InsufficientCapabilitiesException. CAPABILITY_NAMED_IAM includes the other. */
export function checkCapabilities(evaluation: Evaluation, given: readonly string[]): void {
  const definitions = [...evaluation.graph.keys()].map(logicalId => evaluation.definition(logicalId));
  const missing = requiredCapabilities(definitions).filter(
    each => !given.includes(each) && !(each === 'CAPABILITY_IAM' && given.includes('CAPABILITY_NAMED_IAM')),
  );
  if (missing.length > 0) {
    throw new AwsError(
      'InsufficientCapabilitiesException',
      `Requires capabilities : [${missing.join(', ')}]`,
    );
  }
}

const MAX_TAGS = 50;

export function checkTags(tags: Record<string, string>): void {
  const wrong = Object.entries(tags).find(
    ([key, value]) => key.length < 1 || key.length > 128 || value.length > 256,
  );
  if (wrong) throw new AwsError('ValidationError', `Tag ${wrong[0].slice(0, 128)} is longer than AWS allows`);
  if (Object.keys(tags).length > MAX_TAGS)
    throw new AwsError('ValidationError', `A stack has at most ${MAX_TAGS} tags`);
}

/** The template of an object that a caller in this process hands over. */
export function templateOf(source: object, stackName: string): Template {
  return asValidationError(() => parseTemplate(source, stackName));
}

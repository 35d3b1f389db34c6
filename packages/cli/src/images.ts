import { DescribeImagesCommand, ECRClient } from '@aws-sdk/client-ecr';
import type { Target } from './target.ts';

const UNKNOWN = ['ImageNotFoundException', 'RepositoryNotFoundException'];

/** The tag under which a build keeps the image that it made of these inputs. */
export function inputsTag(inputs: string): string {
  return `inputs-${inputs}`;
}

/** The digest of the image that was built of these inputs; undefined when none was, or it is gone. */
export async function imageOf(
  target: Target,
  repositoryName: string,
  inputs: string,
): Promise<string | undefined> {
  try {
    const command = new DescribeImagesCommand({
      repositoryName,
      imageIds: [{ imageTag: inputsTag(inputs) }],
    });
    return (await new ECRClient(target).send(command)).imageDetails?.[0]?.imageDigest;
  } catch (error) {
    if (error instanceof Error && UNKNOWN.includes(error.name)) return undefined;
    throw error;
  }
}

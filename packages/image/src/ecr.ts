import type { Credentials } from '@slipway/oci';
import { ImageError } from './errors.ts';

/** What this builder needs of Amazon ECR. On a laptop the endpoint is the engine's, on AWS it is the registry itself. */
export interface Ecr {
  authorize(region?: string): Promise<{ endpoint: string; credentials: Credentials }>;
  /** Throws REPOSITORY_UNKNOWN. */
  repositoryUri(repository: string, region?: string): Promise<string>;
}

/** ECR through the AWS SDK, which finds endpoint, region and credentials in the usual places. */
export function createEcr(): Ecr {
  return {
    async authorize(region) {
      const { ECRClient, GetAuthorizationTokenCommand } = await import('@aws-sdk/client-ecr');
      const client = new ECRClient(region === undefined ? {} : { region });
      const [data] = (await client.send(new GetAuthorizationTokenCommand({}))).authorizationData ?? [];
      const [username, password] = decode(data?.authorizationToken);
      if (data?.proxyEndpoint === undefined || password === undefined) {
        throw new ImageError('REGISTRY_FAILED', 'ECR gave no authorization token');
      }
      return { endpoint: data.proxyEndpoint, credentials: { username: username!, password } };
    },
    async repositoryUri(repository, region) {
      const { ECRClient, DescribeRepositoriesCommand } = await import('@aws-sdk/client-ecr');
      try {
        const command = new DescribeRepositoriesCommand({ repositoryNames: [repository] });
        const [found] =
          (await new ECRClient(region === undefined ? {} : { region }).send(command)).repositories ?? [];
        if (found?.repositoryUri !== undefined) return found.repositoryUri;
      } catch (error) {
        if ((error as Error).name !== 'RepositoryNotFoundException') throw error;
      }
      throw new ImageError(
        'REPOSITORY_UNKNOWN',
        `ECR has no repository ${repository}${region === undefined ? '' : ` in ${region}`}; the platform's stacks create it`,
      );
    },
  };
}

/** `user:password` in base 64; the password may contain colons. */
function decode(token: string | undefined): string[] {
  const text = Buffer.from(token ?? '', 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return colon === -1 ? [] : [text.slice(0, colon), text.slice(colon + 1)];
}

import { createHash, createHmac } from 'node:crypto';

/** What git signs in with. */
export interface GitCredentials {
  username: string;
  password: string;
}

interface Keys {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
}

/**
 * What CodeCommit takes for a name and a password at `url`: the credential helper of the AWS command line makes the same
 * of the same keys, a signature of version 4 over a made-up request `GIT`. It holds for fifteen minutes; `now` is in epoch
 * milliseconds. https://docs.aws.amazon.com/codecommit/latest/userguide/setting-up-https-unixes.html
 */
export function gitCredentials(
  { accessKeyId, secretAccessKey, sessionToken }: Keys,
  { url, region, now }: { url: string; region: string; now: number },
): GitCredentials {
  const { hostname, pathname } = new URL(url);
  const at = new Date(now).toISOString().replace(/[-:]|\.\d{3}Z/g, '');
  const scope = [at.slice(0, 8), region, 'codecommit', 'aws4_request'];
  const request = `GIT\n${pathname}\n\nhost:${hostname}\n\nhost\n`;
  const digest = createHash('sha256').update(request).digest('hex');
  const sign = (key: string | Buffer, text: string): Buffer =>
    createHmac('sha256', key).update(text).digest();
  const key = scope.reduce<string | Buffer>(sign, `AWS4${secretAccessKey}`);
  const signature = sign(key, ['AWS4-HMAC-SHA256', at, scope.join('/'), digest].join('\n')).toString('hex');
  return {
    username: sessionToken ? `${accessKeyId}%${sessionToken}` : accessKeyId,
    password: `${at}Z${signature}`,
  };
}

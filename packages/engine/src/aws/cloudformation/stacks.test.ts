import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { caller, openScene, type Scene, things } from './test-scene.ts';

let scene: Scene;
beforeEach(() => {
  scene = openScene();
});
afterEach(() => scene.close());

const ref = (Ref: string) => ({ Ref });
const exporting = (value: string) =>
  things(
    { A: { Value: value } },
    { Outputs: { Vpc: { Value: { 'Fn::GetAtt': ['A', 'Value'] }, Export: { Name: 'base-vpc' } } } },
  );
const importing = things({ B: { Value: { 'Fn::ImportValue': 'base-vpc' } } });

describe('creating a stack', () => {
  test('makes resources after what they need and tells outputs', async () => {
    const template = things(
      { C: { On: ref('B') }, B: { On: ref('A') }, A: {} },
      { Outputs: { Id: { Value: ref('C') } } },
    );
    const outcome = await scene.deploy(template, { tags: { team: 'web' } });
    expect(outcome).toMatchObject({ status: 'SUCCEEDED', changed: true, outputs: { Id: 'C-3' } });
    expect(scene.things.did()).toEqual(['create A', 'create B', 'create C']);
    expect(scene.things.calls[2]).toMatchObject({ properties: { On: 'B-2' }, tags: { team: 'web' } });
    expect(await scene.events()).toEqual([
      'web CREATE_IN_PROGRESS',
      'A CREATE_IN_PROGRESS',
      'A CREATE_COMPLETE',
      'B CREATE_IN_PROGRESS',
      'B CREATE_COMPLETE',
      'C CREATE_IN_PROGRESS',
      'C CREATE_COMPLETE',
      'web CREATE_COMPLETE',
    ]);
  });

  test('a slow resource holds back only what needs it', async () => {
    const pending = await scene.deploy(
      things({ Slow: { Wait: 'yes' }, Quick: {}, After: { On: ref('Quick') }, Last: { On: ref('Slow') } }),
    );
    expect(pending.status).toBe('IN_PROGRESS');
    expect(scene.things.did()).toEqual(['create Slow', 'create Quick', 'create After']);
    scene.things.release('Slow');
    await scene.settled();
    expect(await scene.stack()).toMatchObject({ StackStatus: 'CREATE_COMPLETE' });
  });

  test('a wave costs one transaction, however many resources it has', async () => {
    const wave = (letter: string, on?: string) =>
      Array.from({ length: 40 }, (_, index) => [`${letter}${index}`, on ? { On: ref(`${on}${index}`) } : {}]);
    const resources = Object.fromEntries([...wave('A'), ...wave('B', 'A'), ...wave('C', 'B')]);
    let commits = 0;
    scene.context.store.onCommit(() => commits++);
    await scene.deploy(things(resources));
    expect(scene.things.alive.size).toBe(120);
    expect(commits).toBe(5);
  });

  test('the same token is the same operation', async () => {
    await scene.deploy(things({ A: {} }), { token: 'once' });
    await scene.deploy(things({ A: {}, B: {} }), { token: 'once' });
    expect(scene.things.did()).toEqual(['create A']);
  });

  test('a failure rolls everything back in reverse order and says which resource it was', async () => {
    const outcome = await scene.deploy(
      things({ A: {}, B: { On: ref('A') }, C: { On: ref('B'), Fail: 'no room' } }),
    );
    expect(outcome).toMatchObject({
      status: 'FAILED',
      message: 'The stack ended in ROLLBACK_COMPLETE: C (Test::Engine::Thing): no room',
    });
    expect(scene.things.did().slice(3)).toEqual(['delete B', 'delete A']);
    expect(await scene.events()).toContain('web ROLLBACK_IN_PROGRESS');
    expect(scene.things.alive.size).toBe(0);
  });

  test('what a failed creation made in part is deleted too', async () => {
    await scene.deploy(things({ A: { Fail: 'late', Partly: 'yes' } }));
    expect(scene.things.did()).toEqual(['create A', 'delete A']);
  });

  test('a rollback keeps what is retained, but not what is retained only after its creation', async () => {
    await scene.deploy(
      things({
        A: { DeletionPolicy: 'Retain' },
        B: { DeletionPolicy: 'RetainExceptOnCreate' },
        C: { DependsOn: ['A', 'B'], Fail: 'no' },
      }),
    );
    expect([...scene.things.alive.keys()]).toEqual(['A-1']);
    expect(await scene.events()).toContain('A DELETE_SKIPPED');
  });

  test('a stack in ROLLBACK_COMPLETE is not updated', async () => {
    await scene.deploy(things({ A: { Fail: 'no' } }));
    const outcome = await scene.deploy(things({ A: {} }));
    expect(outcome).toMatchObject({ status: 'FAILED', changed: false });
    expect(outcome.message).toBe(
      `Stack:${outcome.stackId} is in ROLLBACK_COMPLETE state and can not be updated.`,
    );
  });

  test('types that nobody carries out are named and nothing is made', async () => {
    const resources = {
      Q: { Type: 'AWS::AppSync::Api' },
      F: { Type: 'AWS::Lambda::Function' },
      V: { Type: 'AWS::EC2::VPC' },
    };
    const outcome = await scene.deploy({ Resources: resources });
    expect(outcome).toMatchObject({
      status: 'FAILED',
      message: 'AWS::AppSync::Api (Q), AWS::Lambda::Function (F) are not carried out locally',
    });
    await expect(scene.stack()).rejects.toThrow('Stack with id web does not exist');
  });

  test('a template that is wrong is refused with the resource', async () => {
    expect(await scene.deploy(things({ A: { On: ref('Nobody') } }))).toMatchObject({
      status: 'FAILED',
      message:
        'Template format error: Unresolved resource dependencies [Nobody] in the Resources block of the template (A)',
    });
  });

  test('IAM resources need a capability', async () => {
    const template = { Resources: { R: { Type: 'AWS::IAM::Role', Properties: { RoleName: 'x' } } } };
    await scene.close();
    scene = openScene({ 'AWS::IAM::Role': openScene().things });
    expect(await scene.deploy(template, { capabilities: ['CAPABILITY_IAM'] })).toMatchObject({
      message: 'Requires capabilities : [CAPABILITY_NAMED_IAM]',
    });
    expect(await scene.deploy(template, { capabilities: ['CAPABILITY_NAMED_IAM'] })).toMatchObject({
      status: 'SUCCEEDED',
    });
  });

  test('parameters of Systems Manager and secrets reach the resource, and the secret is not stored', async () => {
    scene.parameters.set('/image', 'ami-1');
    await scene.deploy(
      things(
        { A: { Image: ref('Image'), Secret: '{{resolve:secretsmanager:known}}' } },
        { Parameters: { Image: { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/image' } } },
      ),
    );
    expect(scene.things.calls[0]?.properties).toEqual({ Image: 'ami-1', Secret: 'hidden' });
    const rows = scene.context.store.table('cloudformation_resources').values();
    expect(JSON.stringify(rows)).not.toContain('hidden');
  });
});

describe('updating a stack', () => {
  test('touches only what changed and what changes with it', async () => {
    const template = (value: string) =>
      things({ A: { Value: value }, B: { V: { 'Fn::GetAtt': ['A', 'Value'] } }, C: { On: ref('A') }, D: {} });
    await scene.deploy(template('1'));
    const outcome = await scene.deploy(template('2'));
    expect(outcome).toMatchObject({ status: 'SUCCEEDED', changed: true });
    expect(scene.things.did().slice(4)).toEqual(['update A', 'update B']);
    expect(scene.things.calls[5]).toMatchObject({ properties: { V: '2' }, previous: { V: '1' } });
  });

  test('nothing to change is a success that changed nothing', async () => {
    const template = things({ A: {} }, { Outputs: { Id: { Value: ref('A') } } });
    await scene.deploy(template);
    const outcome = await scene.deploy(template);
    expect(outcome).toMatchObject({ status: 'SUCCEEDED', changed: false, outputs: { Id: 'A-1' } });
    expect(outcome.message).toBe('No updates are to be performed.');
  });

  test('a changed output or metadata is an update, though no resource is touched', async () => {
    await scene.deploy(things({ A: {} }));
    expect(await scene.deploy(things({ A: {} }, { Outputs: { Id: { Value: 'x' } } }))).toMatchObject({
      changed: true,
    });
    expect(await scene.deploy(things({ A: { Metadata: { a: 1 } } }))).toMatchObject({ changed: true });
    expect(scene.things.did()).toEqual(['create A']);
  });

  test('changed tags of the stack reach every resource; tags left out stay', async () => {
    await scene.deploy(things({ A: {}, B: {} }), { tags: { team: 'a' } });
    expect(await scene.deploy(things({ A: {}, B: {} }))).toMatchObject({ changed: false });
    await scene.deploy(things({ A: {}, B: {} }), { tags: { team: 'b' } });
    expect(scene.things.did().slice(2)).toEqual(['update A', 'update B']);
  });

  test('a replaced resource is deleted after everything else went well, dropped ones too', async () => {
    await scene.deploy(things({ A: { Name: 'one' }, B: { On: ref('A') }, C: { On: ref('B') } }));
    await scene.deploy(things({ A: { Name: 'two' }, B: { On: ref('A') } }));
    expect(scene.things.did().slice(3)).toEqual(['update A', 'update B', 'delete A', 'delete C']);
    expect([...scene.things.alive.keys()]).toEqual(['B-2', 'two-4']);
    expect(await scene.events()).toContain('web UPDATE_COMPLETE_CLEANUP_IN_PROGRESS');
    expect(await scene.stack()).toMatchObject({ StackStatus: 'UPDATE_COMPLETE' });
  });

  test('policies keep what is replaced or dropped', async () => {
    await scene.deploy(
      things({ A: { Name: 'one', UpdateReplacePolicy: 'Retain' }, B: { DeletionPolicy: 'Retain' } }),
    );
    await scene.deploy(things({ A: { Name: 'two', UpdateReplacePolicy: 'Retain' } }));
    expect([...scene.things.alive.keys()]).toEqual(['one-1', 'B-2', 'two-3']);
    expect((await scene.events()).filter(each => each.endsWith('DELETE_SKIPPED'))).toEqual([
      'A DELETE_SKIPPED',
      'B DELETE_SKIPPED',
    ]);
  });

  test('what cannot be cleaned up is told and forgotten', async () => {
    await scene.deploy(things({ A: {}, B: { FailDelete: 'in use' } }));
    expect(await scene.deploy(things({ A: {} }))).toMatchObject({ status: 'SUCCEEDED' });
    expect(await scene.events()).toContain('B DELETE_FAILED');
  });

  test('the type of a resource cannot change', async () => {
    await scene.deploy(things({ A: {} }));
    expect(await scene.deploy({ Resources: { A: { Type: 'AWS::EC2::VPC' } } })).toMatchObject({
      status: 'FAILED',
      message: expect.stringContaining('Update of resource type is not permitted'),
    });
  });

  test('a stack under way is not updated', async () => {
    await scene.deploy(things({ A: { Wait: 'yes' } }));
    const outcome = await scene.deploy(things({ A: {} }));
    expect(outcome.message).toMatch(/is in CREATE_IN_PROGRESS state and can not be updated\.$/);
  });
});

describe('an update that fails', () => {
  const before = things(
    { A: { Value: '1' }, B: { Name: 'one' }, C: { On: ref('B') }, Gone: {} },
    { Outputs: { Id: { Value: ref('B') } } },
  );
  const after = things({
    A: { Value: '2' },
    B: { Name: 'two' },
    C: { On: ref('B') },
    New: { On: ref('C') },
    Bad: { On: ref('New'), Fail: 'no' },
  });

  test('brings back what it touched, deletes what it made and keeps what it would have dropped', async () => {
    await scene.deploy(before);
    const alive = [...scene.things.alive];
    const outcome = await scene.deploy(after);
    expect(outcome).toMatchObject({
      status: 'FAILED',
      message: 'The stack ended in UPDATE_ROLLBACK_COMPLETE: Bad (Test::Engine::Thing): no',
      outputs: { Id: [...scene.things.alive.keys()][1] },
    });
    expect([...scene.things.alive]).toEqual(alive);
    expect(scene.things.did().slice(9)).toEqual(['update A', 'update C', 'delete B', 'delete New']);
    expect(await scene.stack()).toMatchObject({ StackStatus: 'UPDATE_ROLLBACK_COMPLETE' });
    expect(await scene.deploy(before)).toMatchObject({ changed: false });
  });

  test('what failed in place is brought back as well, from what was tried', async () => {
    await scene.deploy(things({ A: { Value: '1' } }));
    await scene.deploy(things({ A: { Value: '2', Fail: 'no' } }));
    expect(scene.things.calls[2]).toMatchObject({
      did: 'update',
      properties: { Value: '1' },
      previous: { Value: '2' },
    });
    expect(await scene.stack()).toMatchObject({ StackStatus: 'UPDATE_ROLLBACK_COMPLETE' });
  });

  test('when that fails too, the rollback can be continued', async () => {
    await scene.deploy(things({ A: { Value: '1', Fail: '' }, B: {} }));
    const first = scene.things.update;
    scene.things.update = async () => {
      throw new Error('broken');
    };
    await scene.deploy(things({ A: { Value: '2' }, B: {} }));
    expect(await scene.stack()).toMatchObject({ StackStatus: 'UPDATE_ROLLBACK_FAILED' });
    scene.things.update = first;
    await scene.cloudformation.api.operations.ContinueUpdateRollback?.(
      { StackName: 'web' },
      { region: 'ap-northeast-1', account: '', accessKeyId: '' },
    );
    await scene.settled();
    expect(await scene.stack()).toMatchObject({ StackStatus: 'UPDATE_ROLLBACK_COMPLETE' });
  });
});

describe('deleting a stack', () => {
  test('goes in reverse order and keeps what is retained', async () => {
    await scene.deploy(things({ A: { DeletionPolicy: 'Retain' }, B: { On: ref('A') }, C: { On: ref('B') } }));
    expect(await scene.remove()).toMatchObject({ status: 'SUCCEEDED' });
    expect(scene.things.did().slice(3)).toEqual(['delete C', 'delete B']);
    await expect(scene.stack()).rejects.toThrow('Stack with id web does not exist');
  });

  test('one that cannot be deleted ends in DELETE_FAILED; what it needs stays', async () => {
    await scene.deploy(things({ A: {}, B: { On: ref('A'), FailDelete: 'not empty' }, C: {} }));
    expect(await scene.remove()).toMatchObject({
      status: 'FAILED',
      message: expect.stringContaining('DELETE_FAILED'),
    });
    expect([...scene.things.alive.keys()]).toEqual(['A-1', 'B-3']);
    expect((await scene.stack()).StackStatusReason).toBe(
      'The following resource(s) failed to delete: [A, B]. ',
    );
  });

  test('a stack that is not there is deleted', async () => {
    expect(await scene.remove('nobody')).toMatchObject({ status: 'SUCCEEDED', changed: false });
  });

  test('while it is created, it waits for what is under way', async () => {
    await scene.deploy(things({ A: {}, B: { Wait: 'yes' } }), { token: 'creation' });
    const removal = await scene.remove();
    expect(removal.status).toBe('IN_PROGRESS');
    expect(scene.cloudformation.stackOperation('creation')?.status).toBe('FAILED');
    scene.things.release('B');
    await scene.settled();
    expect(scene.things.alive.size).toBe(0);
  });

  test('one whose role is gone stays as it is until another is given', async () => {
    const roleArn = 'arn:aws:iam::123456789012:role/gone';
    await scene.deploy(things({ A: {} }), { roleArn });
    const remove = async (more = {}) =>
      scene.cloudformation.api.operations.DeleteStack!({ StackName: 'web', ...more }, caller);
    await expect(remove()).rejects.toThrow(`Role ${roleArn} is invalid or cannot be assumed`);
    expect(await scene.stack()).toMatchObject({ StackStatus: 'CREATE_COMPLETE' });
    await remove({ RoleARN: roleArn.replace('gone', 'another') });
    await scene.settled();
    expect(scene.things.alive.size).toBe(0);
  });

  test('the name can be used again', async () => {
    await scene.deploy(things({ A: {} }));
    await scene.remove();
    expect(await scene.deploy(things({ A: {} }))).toMatchObject({ status: 'SUCCEEDED' });
  });
});

describe('exports', () => {
  test('another stack imports the value', async () => {
    await scene.deploy(exporting('vpc-1'), { stackName: 'base' });
    await scene.deploy(importing);
    expect(scene.things.calls[1]?.properties).toEqual({ Value: 'vpc-1' });
  });

  test('in use, they can neither change nor go', async () => {
    await scene.deploy(exporting('vpc-1'), { stackName: 'base' });
    await scene.deploy(importing);
    const changed = await scene.deploy(exporting('vpc-2'), { stackName: 'base' });
    expect(changed.message).toBe(
      'The stack ended in UPDATE_ROLLBACK_COMPLETE: Export base-vpc cannot be updated as it is in use by web',
    );
    const dropped = await scene.deploy(things({ A: { Value: 'vpc-1' } }), { stackName: 'base' });
    expect(dropped.message).toContain('Export base-vpc cannot be deleted as it is in use by web');
  });

  test('in use, their stack is not deleted: it stays as it is and says why', async () => {
    await scene.deploy(exporting('vpc-1'), { stackName: 'base' });
    await scene.deploy(importing);
    const sentence = 'Export base-vpc cannot be deleted as it is in use by web';
    expect(await scene.remove('base')).toMatchObject({ status: 'FAILED', message: sentence });
    expect(await scene.stack('base')).toMatchObject({
      StackStatus: 'CREATE_COMPLETE',
      StackStatusReason: sentence,
    });
    await scene.remove('web');
    expect(await scene.remove('base')).toMatchObject({ status: 'SUCCEEDED' });
  });

  test('a name is exported once', async () => {
    await scene.deploy(exporting('vpc-1'), { stackName: 'base' });
    expect((await scene.deploy(exporting('vpc-2'), { stackName: 'other' })).message).toContain(
      'Export with name base-vpc is already exported by stack base',
    );
  });

  test('a missing one rolls the stack back before anything is made', async () => {
    expect(await scene.deploy(importing)).toMatchObject({ status: 'FAILED' });
    expect((await scene.stack()).StackStatus).toBe('ROLLBACK_COMPLETE');
    expect(scene.things.calls).toEqual([]);
  });
});

test('every change of a status is an event in the shape of EventBridge', async () => {
  await scene.deploy(things({ A: {} }), { token: 'mine' });
  const events = scene.context.store.events.after(0);
  expect(events.map(each => each['detail-type'])).toEqual([
    'CloudFormation Stack Status Change',
    'CloudFormation Resource Status Change',
    'CloudFormation Resource Status Change',
    'CloudFormation Stack Status Change',
  ]);
  expect(events[2]).toMatchObject({
    source: 'aws.cloudformation',
    detail: {
      'logical-resource-id': 'A',
      'physical-resource-id': 'A-1',
      'resource-type': 'Test::Engine::Thing',
      'status-details': { status: 'CREATE_COMPLETE' },
      'client-request-token': 'mine',
    },
  });
});

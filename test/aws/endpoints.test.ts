import { describe, expect, it } from 'vitest';
import { endpointFor, regionFrom, targetOf } from '../../lib/aws/endpoints.ts';
import type { AwsService } from '../../lib/aws/transport.ts';

describe('endpointFor', () => {
  it.each<[string, AwsService, string, Record<string, string>, string]>([
    ['the regional address', 'monitoring', 'eu-west-1', {}, 'monitoring.eu-west-1.amazonaws.com:443'],
    ['the suffix of China', 'sqs', 'cn-north-1', {}, 'sqs.cn-north-1.amazonaws.com.cn:443'],
    [
      'the suffix of the European sovereign cloud',
      's3',
      'eusc-de-east-1',
      {},
      's3.eusc-de-east-1.amazonaws.eu:443',
    ],
    [
      'GovCloud as part of the common suffix',
      'logs',
      'us-gov-west-1',
      {},
      'logs.us-gov-west-1.amazonaws.com:443',
    ],
    ['AWS_ENDPOINT_URL for every service', 'dynamodb', 'x', { AWS_ENDPOINT_URL: 'http://h:4566' }, 'h:4566'],
    [
      'AWS_ENDPOINT_URL_XRAY',
      'xray',
      'x',
      { AWS_ENDPOINT_URL_XRAY: 'http://a', AWS_ENDPOINT_URL: 'http://b' },
      'a:80',
    ],
    ['AWS_ENDPOINT_URL_CLOUDWATCH', 'monitoring', 'x', { AWS_ENDPOINT_URL_CLOUDWATCH: 'http://a:1' }, 'a:1'],
    [
      'AWS_ENDPOINT_URL_CLOUDWATCH_LOGS',
      'logs',
      'x',
      { AWS_ENDPOINT_URL_CLOUDWATCH_LOGS: 'http://a:1' },
      'a:1',
    ],
    ['AWS_ENDPOINT_URL_SQS', 'sqs', 'x', { AWS_ENDPOINT_URL_SQS: 'http://a:1' }, 'a:1'],
    ['AWS_ENDPOINT_URL_S3', 's3', 'x', { AWS_ENDPOINT_URL_S3: 'http://a:1' }, 'a:1'],
    ['AWS_ENDPOINT_URL_DYNAMODB', 'dynamodb', 'x', { AWS_ENDPOINT_URL_DYNAMODB: 'http://a:1' }, 'a:1'],
    [
      'an IPv6 address without its brackets',
      'sqs',
      'x',
      { AWS_ENDPOINT_URL: 'http://[::1]:4566' },
      '::1:4566',
    ],
    [
      'the regional address when configured ones are to be ignored',
      'sqs',
      'eu-west-1',
      { AWS_ENDPOINT_URL: 'http://a', AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true' },
      'sqs.eu-west-1.amazonaws.com:443',
    ],
  ])('uses %s', (_, service, region, env, expected) => {
    const endpoint = endpointFor(service, region, env);
    expect(`${endpoint.hostname}:${endpoint.port}`).toBe(expected);
  });

  it('keeps a path of the configured address, without a slash at its end', () => {
    expect(endpointFor('s3', 'x', { AWS_ENDPOINT_URL: 'https://h/aws/' })).toMatchObject({
      basePath: '/aws',
      secure: true,
      hostHeader: 'h',
      configured: true,
    });
  });

  it.each(['not a url', 'ftp://h'])('refuses %s', (url) => {
    expect(() => endpointFor('s3', 'x', { AWS_ENDPOINT_URL: url })).toThrow(/expected an http or https URL/);
  });
});

describe('regionFrom', () => {
  it('prefers AWS_REGION to AWS_DEFAULT_REGION', () => {
    expect(regionFrom({ AWS_REGION: 'a', AWS_DEFAULT_REGION: 'b' })).toBe('a');
    expect(regionFrom({ AWS_DEFAULT_REGION: 'b' })).toBe('b');
  });
});

describe('targetOf', () => {
  it.each([
    ['/my-bucket/a/b', {}, 'my-bucket.s3.eu-west-1.amazonaws.com', '/a/b'],
    ['/my-bucket', {}, 'my-bucket.s3.eu-west-1.amazonaws.com', '/'],
    ['/my-bucket?list-type=2', {}, 'my-bucket.s3.eu-west-1.amazonaws.com', '/?list-type=2'],
    ['/dotted.bucket/a', {}, 's3.eu-west-1.amazonaws.com', '/dotted.bucket/a'],
    ['/my-bucket/a', { AWS_ENDPOINT_URL: 'http://h:1/base' }, 'h:1', '/base/my-bucket/a'],
  ])('sends S3 %s', (path, env, hostHeader, expected) => {
    const target = targetOf({ service: 's3', path }, endpointFor('s3', 'eu-west-1', env), 'eu-west-1');
    expect(target).toMatchObject({ hostHeader, path: expected });
  });
});

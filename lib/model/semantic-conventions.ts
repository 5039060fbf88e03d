// Attribute keys that rules look at, named once. Old and current names stand side by side: both are in the field.
// Source: opentelemetry semantic conventions 1.12 (old names) and 1.38; Application Signals attributes of ADOT.

/** HTTP and network, old names (before 1.21) and current ones. */
export const HTTP = {
  oldMethod: 'http.method',
  method: 'http.request.method',
  oldStatusCode: 'http.status_code',
  statusCode: 'http.response.status_code',
  oldStatusText: 'http.status_text',
  oldUrl: 'http.url',
  urlFull: 'url.full',
  oldScheme: 'http.scheme',
  urlScheme: 'url.scheme',
  oldHost: 'http.host',
  oldTarget: 'http.target',
  oldServerName: 'http.server_name',
  urlPath: 'url.path',
  urlQuery: 'url.query',
  oldUserAgent: 'http.user_agent',
  userAgent: 'user_agent.original',
  oldClientIp: 'http.client_ip',
  clientAddress: 'client.address',
  responseBodySize: 'http.response.body.size',
  route: 'http.route',
} as const;

export const NET = {
  oldHostName: 'net.host.name',
  oldHostPort: 'net.host.port',
  oldPeerName: 'net.peer.name',
  oldPeerPort: 'net.peer.port',
  oldPeerIp: 'net.peer.ip',
  peerAddress: 'network.peer.address',
  serverAddress: 'server.address',
  serverPort: 'server.port',
  hostName: 'host.name',
} as const;

export const DB = {
  oldSystem: 'db.system',
  oldName: 'db.name',
  oldStatement: 'db.statement',
  oldUser: 'db.user',
  oldConnectionString: 'db.connection_string',
  systemName: 'db.system.name',
  namespace: 'db.namespace',
  queryText: 'db.query.text',
} as const;

export const RPC = { system: 'rpc.system', service: 'rpc.service', method: 'rpc.method' } as const;

/** Value of `rpc.system` on a call to AWS. */
export const AWS_API = 'aws-api';

export const MESSAGING = {
  destinationName: 'messaging.destination.name',
  oldUrl: 'messaging.url',
  oldPayloadSize: 'messaging.message_payload_size_bytes',
  messageType: 'message.type',
} as const;

export const EXCEPTION = {
  eventName: 'exception',
  type: 'exception.type',
  message: 'exception.message',
  stacktrace: 'exception.stacktrace',
} as const;

export const AWS_CALL = {
  service: 'aws.service',
  operation: 'aws.operation',
  accountId: 'aws.account_id',
  region: 'aws.region',
  requestId: 'aws.request_id',
  requestIdCamel: 'aws.requestId',
  queueUrl: 'aws.queue_url',
  queueUrlDotted: 'aws.queue.url',
  tableName: 'aws.table_name',
  tableNameDotted: 'aws.table.name',
  dynamodbTableNames: 'aws.dynamodb.table_names',
} as const;

/** What ADOT's SDKs say about a call for Application Signals. */
export const APPLICATION_SIGNALS = {
  spanKind: 'aws.span.kind',
  localService: 'aws.local.service',
  remoteService: 'aws.remote.service',
  remoteOperation: 'aws.remote.operation',
  remoteTarget: 'remoteTarget',
  remoteNamespace: 'K8s.RemoteNamespace',
} as const;

/** Value of `aws.span.kind` on the span where a trace enters a service. */
export const LOCAL_ROOT = 'LOCAL_ROOT';

/** Attributes that the collector's X-Ray receiver and exporter speak to each other. */
export const XRAY = {
  annotations: 'aws.xray.annotations',
  inProgress: 'aws.xray.inprogress',
  metadataPrefix: 'aws.xray.metadata.',
} as const;

export const PEER_SERVICE = 'peer.service';
export const ENDUSER_ID = 'enduser.id';

export const RESOURCE = {
  serviceName: 'service.name',
  serviceNamespace: 'service.namespace',
  serviceVersion: 'service.version',
  serviceInstanceId: 'service.instance.id',
  sdkName: 'telemetry.sdk.name',
  sdkLanguage: 'telemetry.sdk.language',
  sdkVersion: 'telemetry.sdk.version',
  autoVersion: 'telemetry.auto.version',
  cloudProvider: 'cloud.provider',
  cloudPlatform: 'cloud.platform',
  cloudAccountId: 'cloud.account.id',
  availabilityZone: 'cloud.availability_zone',
  hostId: 'host.id',
  hostType: 'host.type',
  hostImageId: 'host.image.id',
  containerName: 'container.name',
  containerId: 'container.id',
  containerImageTag: 'container.image.tag',
  containerImageTags: 'container.image.tags',
  k8sClusterName: 'k8s.cluster.name',
  k8sPodName: 'k8s.pod.name',
  ecsClusterArn: 'aws.ecs.cluster.arn',
  ecsContainerArn: 'aws.ecs.container.arn',
  ecsTaskArn: 'aws.ecs.task.arn',
  ecsTaskFamily: 'aws.ecs.task.family',
  ecsLaunchType: 'aws.ecs.launchtype',
  logGroupNames: 'aws.log.group.names',
  logGroupArns: 'aws.log.group.arns',
} as const;

// The attributes that the rules look at, each with a number, so that a span's attributes become a small table.
import {
  APPLICATION_SIGNALS,
  AWS_CALL,
  DB,
  ENDUSER_ID,
  HTTP,
  MESSAGING,
  NET,
  PEER_SERVICE,
  RPC,
  XRAY,
} from '../../../model/semantic-conventions.ts';

/** Prefix of resource attributes among the metadata and annotations of a segment. */
export const RESOURCE_PREFIX = 'otel.resource.';

/** Slot 0 is for all attributes that no rule looks at. */
export const SLOT = {
  none: 0,
  // Any of the first 17 makes a span an HTTP span.
  oldMethod: 1,
  method: 2,
  oldClientIp: 3,
  oldUserAgent: 4,
  userAgent: 5,
  oldStatusCode: 6,
  statusCode: 7,
  oldUrl: 8,
  urlFull: 9,
  oldScheme: 10,
  urlScheme: 11,
  oldHost: 12,
  oldTarget: 13,
  oldServerName: 14,
  oldHostPort: 15,
  urlPath: 16,
  urlQuery: 17,
  // Read for the URL, but also found on other spans.
  oldHostName: 18,
  hostName: 19,
  serverAddress: 20,
  serverPort: 21,
  oldPeerName: 22,
  oldPeerPort: 23,
  oldPeerIp: 24,
  clientAddress: 25,
  peerAddress: 26,
  oldStatusText: 27,
  responseBodySize: 28,
  messageType: 29,
  oldPayloadSize: 30,
  dbOldSystem: 31,
  dbOldName: 32,
  dbOldStatement: 33,
  dbOldUser: 34,
  dbOldConnectionString: 35,
  dbSystemName: 36,
  dbNamespace: 37,
  dbQueryText: 38,
  rpcSystem: 39,
  rpcService: 40,
  rpcMethod: 41,
  awsService: 42,
  awsOperation: 43,
  awsAccountId: 44,
  awsRegion: 45,
  awsRequestId: 46,
  awsRequestIdCamel: 47,
  awsQueueUrl: 48,
  awsQueueUrlDotted: 49,
  awsTableName: 50,
  awsTableNameDotted: 51,
  awsTableNames: 52,
  messagingUrl: 53,
  messagingDestination: 54,
  awsSpanKind: 55,
  awsLocalService: 56,
  awsRemoteService: 57,
  awsRemoteOperation: 58,
  awsRemoteTarget: 59,
  awsRemoteNamespace: 60,
  peerService: 61,
  enduserId: 62,
  xrayAnnotations: 63,
  xrayInProgress: 64,
  // Not one attribute but all with a prefix: what they hold may meet other metadata.
  xrayMetadata: 65,
  resourceKey: 66,
} as const;

export type Slot = (typeof SLOT)[keyof typeof SLOT];

export const SLOT_COUNT = 67;
export const LAST_HTTP_SLOT = SLOT.urlQuery;
/** Slots from here to `oldPeerIp` name a part of the URL. */
export const FIRST_URL_SLOT = SLOT.oldUrl;
export const LAST_URL_SLOT = SLOT.oldPeerIp;
/** Slots of the `aws` block. */
export const FIRST_CALL_SLOT = SLOT.rpcMethod;
export const LAST_CALL_SLOT = SLOT.messagingUrl;

const SLOT_OF_KEY: ReadonlyMap<string, Slot> = new Map<string, Slot>([
  [HTTP.oldMethod, SLOT.oldMethod],
  [HTTP.method, SLOT.method],
  [HTTP.oldClientIp, SLOT.oldClientIp],
  [HTTP.oldUserAgent, SLOT.oldUserAgent],
  [HTTP.userAgent, SLOT.userAgent],
  [HTTP.oldStatusCode, SLOT.oldStatusCode],
  [HTTP.statusCode, SLOT.statusCode],
  [HTTP.oldUrl, SLOT.oldUrl],
  [HTTP.urlFull, SLOT.urlFull],
  [HTTP.oldScheme, SLOT.oldScheme],
  [HTTP.urlScheme, SLOT.urlScheme],
  [HTTP.oldHost, SLOT.oldHost],
  [HTTP.oldTarget, SLOT.oldTarget],
  [HTTP.oldServerName, SLOT.oldServerName],
  [NET.oldHostPort, SLOT.oldHostPort],
  [HTTP.urlPath, SLOT.urlPath],
  [HTTP.urlQuery, SLOT.urlQuery],
  [NET.oldHostName, SLOT.oldHostName],
  [NET.hostName, SLOT.hostName],
  [NET.serverAddress, SLOT.serverAddress],
  [NET.serverPort, SLOT.serverPort],
  [NET.oldPeerName, SLOT.oldPeerName],
  [NET.oldPeerPort, SLOT.oldPeerPort],
  [NET.oldPeerIp, SLOT.oldPeerIp],
  [HTTP.clientAddress, SLOT.clientAddress],
  [NET.peerAddress, SLOT.peerAddress],
  [HTTP.oldStatusText, SLOT.oldStatusText],
  [HTTP.responseBodySize, SLOT.responseBodySize],
  [MESSAGING.messageType, SLOT.messageType],
  [MESSAGING.oldPayloadSize, SLOT.oldPayloadSize],
  [DB.oldSystem, SLOT.dbOldSystem],
  [DB.oldName, SLOT.dbOldName],
  [DB.oldStatement, SLOT.dbOldStatement],
  [DB.oldUser, SLOT.dbOldUser],
  [DB.oldConnectionString, SLOT.dbOldConnectionString],
  [DB.systemName, SLOT.dbSystemName],
  [DB.namespace, SLOT.dbNamespace],
  [DB.queryText, SLOT.dbQueryText],
  [RPC.system, SLOT.rpcSystem],
  [RPC.service, SLOT.rpcService],
  [RPC.method, SLOT.rpcMethod],
  [AWS_CALL.service, SLOT.awsService],
  [AWS_CALL.operation, SLOT.awsOperation],
  [AWS_CALL.accountId, SLOT.awsAccountId],
  [AWS_CALL.region, SLOT.awsRegion],
  [AWS_CALL.requestId, SLOT.awsRequestId],
  [AWS_CALL.requestIdCamel, SLOT.awsRequestIdCamel],
  [AWS_CALL.queueUrl, SLOT.awsQueueUrl],
  [AWS_CALL.queueUrlDotted, SLOT.awsQueueUrlDotted],
  [AWS_CALL.tableName, SLOT.awsTableName],
  [AWS_CALL.tableNameDotted, SLOT.awsTableNameDotted],
  [AWS_CALL.dynamodbTableNames, SLOT.awsTableNames],
  [MESSAGING.oldUrl, SLOT.messagingUrl],
  [MESSAGING.destinationName, SLOT.messagingDestination],
  [APPLICATION_SIGNALS.spanKind, SLOT.awsSpanKind],
  [APPLICATION_SIGNALS.localService, SLOT.awsLocalService],
  [APPLICATION_SIGNALS.remoteService, SLOT.awsRemoteService],
  [APPLICATION_SIGNALS.remoteOperation, SLOT.awsRemoteOperation],
  [APPLICATION_SIGNALS.remoteTarget, SLOT.awsRemoteTarget],
  [APPLICATION_SIGNALS.remoteNamespace, SLOT.awsRemoteNamespace],
  [PEER_SERVICE, SLOT.peerService],
  [ENDUSER_ID, SLOT.enduserId],
  [XRAY.annotations, SLOT.xrayAnnotations],
  [XRAY.inProgress, SLOT.xrayInProgress],
]);

/** The slot of an attribute key. */
export function slotOf(key: string): Slot {
  const slot = SLOT_OF_KEY.get(key);
  if (slot !== undefined) return slot;
  if (key.startsWith(XRAY.metadataPrefix)) return SLOT.xrayMetadata;
  return key.startsWith(RESOURCE_PREFIX) ? SLOT.resourceKey : SLOT.none;
}

// The phone of whoever is on call: a webhook on loopback whose address lies in Secrets Manager, as in any deployment.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  CreateSecretCommand,
  PutSecretValueCommand,
  ResourceExistsException,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { clientSettings } from '../../lib/local/environment.ts';

/** Name of the secret that holds the phone's address. */
export const PHONE_SECRET = 'tidewatch/demo-phone';

/** A page, as the webhook channel posts it. */
export interface Page {
  readonly status: string;
  readonly commonLabels: Readonly<Record<string, string>>;
  readonly commonAnnotations: Readonly<Record<string, string>>;
}

export class Phone {
  readonly pages: Page[] = [];
  /** Signed paths that acknowledge, as the pages had them. */
  readonly links: string[] = [];
  private readonly server: Server;

  private constructor(server: Server) {
    this.server = server;
  }

  /** Listens, and writes its address to where the deployment looks for it. @param endpoint of the stack */
  static async start(endpoint: string): Promise<Phone> {
    const server = createServer();
    const phone = new Phone(server);
    server.on('request', (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        phone.take(Buffer.concat(chunks).toString());
        response.end();
      });
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    await storeAddress(endpoint, `http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    return phone;
  }

  stop(): void {
    this.server.close();
    this.server.closeAllConnections();
  }

  private take(body: string): void {
    this.pages.push(JSON.parse(body) as Page);
    const [link] = /\/ack\/[\w-]+\.[\w-]+/.exec(body) ?? [];
    if (link !== undefined) this.links.push(link);
  }
}

async function storeAddress(endpoint: string, address: string): Promise<void> {
  const secrets = new SecretsManagerClient(clientSettings(endpoint));
  try {
    await secrets.send(new CreateSecretCommand({ Name: PHONE_SECRET, SecretString: address }));
  } catch (error) {
    if (!(error instanceof ResourceExistsException)) throw error;
    await secrets.send(new PutSecretValueCommand({ SecretId: PHONE_SECRET, SecretString: address }));
  } finally {
    secrets.destroy();
  }
}

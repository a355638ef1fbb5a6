import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ServerProcess, startCommand } from '../support/server.js';
import type { MeasuredServer } from './compared-servers.js';

const NGINX = '/usr/sbin/nginx';
const MODULE = '/usr/lib/nginx/modules/ngx_nchan_module.so';

/** Where subscribers open a stream, and where the publisher posts events. */
export const NCHAN_PATHS = { subscribe: '/sse/online', publish: '/publish' };

/** nginx that forwards each posted event to all subscribers. */
export const nchan: MeasuredServer = {
  name: 'nginx + nchan',
  missing: () => (existsSync(NGINX) && existsSync(MODULE) ? undefined : 'nginx and libnginx-mod-nchan'),
  start: startNchan,
};

async function startNchan(port: number): Promise<ServerProcess> {
  const folder = mkdtempSync(join(tmpdir(), 'nchan-'));
  writeFileSync(join(folder, 'nginx.conf'), configuration(port, folder));
  // nginx opens its default error log before it reads the configuration; `-e stderr` prevents that.
  const command = [NGINX, '-p', folder, '-c', join(folder, 'nginx.conf'), '-e', 'stderr'];
  const server = await startCommand({ command, port });
  return {
    ...server,
    stop: async () => {
      await server.stop();
      rmSync(folder, { recursive: true });
    },
  };
}

/** One worker. The body buffer holds a whole event: with a smaller one, nchan writes each event to a file first. */
function configuration(port: number, folder: string): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  return `
load_module ${MODULE};
daemon off;
worker_processes 1;
${process.getuid?.() === 0 ? 'user root;' : ''}
pid ${join(folder, 'nginx.pid')};
events { worker_connections 4096; }
http {
  ${temporary.map((name) => `${name}_temp_path ${join(folder, name)};`).join('\n  ')}
  access_log off;
  error_log stderr error;
  tcp_nodelay on;
  client_max_body_size 16m;
  client_body_buffer_size 16m;
  server {
    listen 127.0.0.1:${port} backlog=4096;
    location = ${NCHAN_PATHS.subscribe} {
      nchan_subscriber eventsource;
      nchan_channel_id presence;
      nchan_subscriber_first_message newest;
    }
    location = ${NCHAN_PATHS.publish} {
      nchan_publisher http;
      nchan_channel_id presence;
      nchan_message_buffer_length 1;
    }
    location / { return 200; }
  }
}
`;
}

import { randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '../../test/servers/ports.ts'
import { type Program, startServer } from '../processes.ts'
import { models } from './cases.ts'
import { litellm, portkeyFolder } from './places.ts'

/** nginx as a proxy for conversations is set up: kept connections, no buffering of streams, no access log, one worker. */
export async function startNginx(engineUrl: string): Promise<Program> {
  const folder = mkdtempSync(join(tmpdir(), 'haltgate-bench-nginx-'))
  const port = await freePort()
  const file = join(folder, 'nginx.conf')
  mkdirSync(join(folder, 'temp'))
  writeFileSync(
    file,
    `daemon off;
worker_processes 1;
pid ${folder}/nginx.pid;
error_log stderr crit;
${process.getuid?.() === 0 ? 'user root;' : ''}
events { worker_connections 8192; }
http {
  access_log off;
  client_body_buffer_size 128k;
  keepalive_requests 10000000;
  keepalive_timeout 600s;
  client_body_temp_path ${folder}/temp/body;
  proxy_temp_path ${folder}/temp/proxy;
  fastcgi_temp_path ${folder}/temp/fastcgi;
  uwsgi_temp_path ${folder}/temp/uwsgi;
  scgi_temp_path ${folder}/temp/scgi;
  upstream engine { server ${new URL(engineUrl).host}; keepalive 512; keepalive_requests 10000000; keepalive_timeout 600s; }
  server {
    listen 127.0.0.1:${port} backlog=2048;
    location / {
      proxy_pass http://engine;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_buffering off;
      proxy_read_timeout 900s;
    }
    location = /healthz { return 200; }
  }
}
`,
  )
  const command = ['nginx', '-p', folder, '-e', 'stderr', '-c', file]
  return withFolder(await startServer(command, { url: address(port), health: '/healthz' }), folder)
}

/** As its README starts it, without the console. */
export async function startPortkey(): Promise<Program> {
  const port = await freePort()
  const server = join(portkeyFolder, 'build/start-server.js')
  return startServer([process.execPath, server, '--headless', `--port=${port}`], {
    url: address(port),
    health: '/',
    env: { NODE_ENV: 'production' },
  })
}

/** It refuses to start without one. Made anew for each run; clients send it in place of the engine's. */
export const litellmKey = `sk-${randomBytes(32).toString('hex')}`

/** No database, no telemetry, no retries, logs of errors only; each model by its name, which is its fastest way. */
export async function startLitellm(engineUrl: string): Promise<Program> {
  const folder = mkdtempSync(join(tmpdir(), 'haltgate-bench-litellm-'))
  const port = await freePort()
  const file = join(folder, 'config.yaml')
  const modelOf = (name: string) => ({
    model_name: name,
    litellm_params: { model: `openai/${name}`, api_base: `${engineUrl}/v1`, api_key: 'sk-bench' },
  })
  const config = {
    model_list: models.map(modelOf),
    litellm_settings: { telemetry: false, num_retries: 0, request_timeout: 900, drop_params: true },
    router_settings: { num_retries: 0, disable_cooldowns: true },
    general_settings: { disable_spend_logs: true, disable_error_logs: true },
  }
  // JSON is YAML.
  writeFileSync(file, JSON.stringify(config))
  const place = ['--host', '127.0.0.1', '--port', `${port}`]
  const command = [litellm, '--config', file, ...place, '--num_workers', '1', '--telemetry', 'False']
  const started = await startServer(command, {
    url: address(port),
    health: '/health/liveliness',
    env: {
      LITELLM_MASTER_KEY: litellmKey,
      LITELLM_LOG: 'ERROR',
      // Room for a thousand open streams: by itself it opens 500 to one engine.
      AIOHTTP_CONNECTOR_LIMIT: '4096',
      AIOHTTP_CONNECTOR_LIMIT_PER_HOST: '4096',
      // The prices that came with it, instead of fetching new ones at the start.
      LITELLM_LOCAL_MODEL_COST_MAP: 'True',
      DISABLE_ADMIN_UI: 'True',
      NO_DOCS: 'True',
    },
  })
  return withFolder(started, folder)
}

const address = (port: number) => `http://127.0.0.1:${port}`

function withFolder(program: Program, folder: string): Program {
  return {
    ...program,
    async end() {
      await program.end()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

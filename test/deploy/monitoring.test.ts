import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import {
  alerts,
  expressionsOfDashboard,
  panels,
  RULES_FILE,
  withoutPromtool,
} from '../support/monitoring.ts';
import { anchorsIn } from '../support/documents.ts';
import { repositoryRoot } from '../support/paths.ts';
import { tempDir } from '../support/temp-dir.ts';

test('every alert has a severity, a summary, and a section in the documents that says what to do', () => {
  const all = alerts();
  assert.ok(all.length > 10);
  assert.equal(new Set(all.map(({ alert }) => alert)).size, all.length);
  for (const { alert, labels, annotations } of all) {
    assert.match(labels['severity'] ?? '', /^(?:warning|critical)$/, alert);
    assert.ok((annotations['summary'] ?? '').length > 10, alert);
    const [file = '', anchor = ''] = (annotations['runbook'] ?? '').split('#');
    assert.ok(
      anchorsIn(readFileSync(join(repositoryRoot, file), 'utf8')).includes(anchor),
      `${alert}: ${anchor}`,
    );
  }
});

test('every panel of the dashboard has a unit and a description, and none covers another', () => {
  const cells = new Set<string>();
  for (const { title, description, fieldConfig, gridPos } of panels()) {
    assert.ok(description.length > 0 && fieldConfig.defaults.unit.length > 0, title);
    assert.ok(gridPos.x + gridPos.w <= 24, title);
    for (let x = gridPos.x; x < gridPos.x + gridPos.w; x += 1) {
      for (let y = gridPos.y; y < gridPos.y + gridPos.h; y += 1) {
        assert.ok(!cells.has(`${String(x)},${String(y)}`), title);
        cells.add(`${String(x)},${String(y)}`);
      }
    }
  }
});

test(
  'promtool understands the alerts, and the expressions of the dashboard',
  { skip: withoutPromtool },
  (t) => {
    const check = (file: string) => spawnSync('promtool', ['check', 'rules', file], { encoding: 'utf8' });
    const rules = check(RULES_FILE);
    assert.equal(rules.status, 0, rules.stderr);
    // Rules that record something are a way to have expressions parsed.
    const recorded = expressionsOfDashboard().map((expr, index) => ({
      record: `dashboard:${String(index)}`,
      expr: expr.replaceAll('$__rate_interval', '5m').replaceAll('$job', 'parley'),
    }));
    const file = join(tempDir(t), 'dashboard.json');
    writeFileSync(file, JSON.stringify({ groups: [{ name: 'dashboard', rules: recorded }] }));
    const dashboard = check(file);
    assert.equal(dashboard.status, 0, dashboard.stderr);
  },
);

/** A series that does not change, for the given number of minutes. */
const steady = (series: string, value: number): object => ({ series, values: `${String(value)}x60` });
const MINUTE = '1m';

test('alerts fire when they should, and are silent on a healthy server', { skip: withoutPromtool }, (t) => {
  const labels = '{job="parley", instance="a"}';
  const healthy = [
    steady(`up${labels}`, 1),
    steady(`parley_disk_free_bytes${labels}`, 5e10),
    steady(`parley_disk_bytes${labels}`, 1e11),
    steady(`parley_backup_last_proven_timestamp_seconds${labels}`, 1),
    steady(`parley_hosts${labels}`, 3),
    steady(`parley_broker_up${labels}`, 1),
    { series: `parley_http_requests_total{job="parley", instance="a", status="200"}`, values: '0+600x60' },
  ];
  const ill = [
    steady(`up${labels}`, 0),
    steady(`parley_disk_free_bytes${labels}`, 5e7),
    steady(`parley_disk_bytes${labels}`, 1e11),
    { series: `parley_hosts${labels}`, values: '3x30 2x30' },
    steady(`parley_broker_up${labels}`, 0),
    {
      series: `parley_events_total{job="parley", instance="a", name="store_fault:SQLITE_FULL"}`,
      values: '0+1x60',
    },
    { series: `parley_thread_restarts_total{job="parley", instance="a", thread="writer"}`, values: '0+1x60' },
    { series: `parley_http_requests_total{job="parley", instance="a", status="503"}`, values: '0+600x60' },
  ];
  const names = alerts().map(({ alert }) => alert);
  const firing = [
    'ParleyDown',
    'ParleyStoreFault',
    'ParleyHostMissing',
    'ParleyBrokerDown',
    'ParleyDiskLow',
    'ParleyDiskFull',
    'ParleyThreadRestarts',
    'ParleyRequestsFail',
  ];
  const queryOf = (name: string, count: number): object => ({
    expr: `count(ALERTS{alertname="${name}", alertstate="firing"}) or vector(0)`,
    eval_time: '40m',
    exp_samples: [{ labels: '{}', value: count }],
  });
  const cases = [
    { interval: MINUTE, input_series: healthy, promql_expr_test: names.map((name) => queryOf(name, 0)) },
    {
      interval: MINUTE,
      input_series: ill,
      promql_expr_test: names.map((name) => queryOf(name, firing.includes(name) ? 1 : 0)),
    },
  ];
  const file = join(tempDir(t), 'cases.json');
  writeFileSync(
    file,
    JSON.stringify({ rule_files: [RULES_FILE], evaluation_interval: MINUTE, tests: cases }),
  );
  const { status, stdout, stderr } = spawnSync('promtool', ['test', 'rules', file], { encoding: 'utf8' });
  assert.equal(status, 0, `${stdout}${stderr}`);
});

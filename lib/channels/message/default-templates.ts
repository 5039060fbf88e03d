// Our own words, in the template language that teams write theirs in. They name what, where, since when, how bad, the
// runbook, and the ways to dashboard, trace and logs.

/** One line. */
export const DEFAULT_TITLE =
  '{% if status == "resolved" %}✅ Resolved{% else %}{{ priority | severityIcon }} {{ priority }}{% endif %} ' +
  '{{ name | oneLine }}{% if firingCount > 1 %} ({{ firingCount }} firing){% endif %}' +
  '{% if summary != "" %}: {{ summary | oneLine | cut: 300 }}{% endif %}';

const REMARKS = '{% for remark in remarks %}{{ remark }}\n{% endfor %}';
const FACTS = `{% if summary != "" %}What: {{ summary }}
{% else %}What: {{ name }}
{% endif %}{% if where != "" %}Where: {{ where }}
{% endif %}Since: {{ since | isoTime }} ({{ durationMs | humanizeDuration }}){% if until %}, until {{ until | isoTime }}{% endif %}
How bad: {{ priority }}{% for part in howBad %}, {{ part }}{% endfor %}
`;
const DESCRIPTION = '{% if description != "" %}{{ description }}\n{% endif %}';
const ALERTS = `{% if alerts.size > 1 %}Alerts: {{ firingCount }} firing, {{ resolvedCount }} resolved
{% for alert in listed %}- {{ alert.status }}: {{ alert.own | labelPairs | default: alert.labels.alertname | cut: 300 }}{% if alert.summary != "" and alert.summary != summary %}: {{ alert.summary | oneLine | cut: 300 }}{% endif %}
{% endfor %}{% if unlisted > 0 %}… and {{ unlisted }} more
{% endif %}{% endif %}`;
const LINKS = '{% for link in linkList %}{{ link.url | link: link.name }}\n{% endfor %}';

/** All of it. */
export const DEFAULT_TEXT = REMARKS + FACTS + DESCRIPTION + ALERTS + LINKS;

/** Beside fields and buttons that say the rest. */
export const DEFAULT_BODY = REMARKS + DESCRIPTION + ALERTS;

/** For text messages: a line, and where to answer. */
export const DEFAULT_SMS =
  '{% if status == "resolved" %}Resolved{% else %}{{ priority }}{% endif %} {{ name | oneLine | cut: 60 }}: ' +
  '{{ summary | default: where | oneLine | cut: 120 }}, since {{ durationMs | humanizeDuration }}' +
  '{% if links.acknowledge %} Ack: {{ links.acknowledge }}{% elsif links.incident %} {{ links.incident }}{% endif %}';

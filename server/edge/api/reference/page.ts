import type { Json } from '../documents/json-schema.ts';
import { entry, escaped, figure, inline, prose, sectionHtml, type Section } from './html.ts';
import { frameSections, type AsyncApi } from './frames.ts';
import { errorId, operationSections, problemsOf, type OpenApi } from './operations.ts';
import { fieldsOf, objectId, type Objects } from './schema.ts';

const objectSection = (objects: Objects): Section => ({
  id: 'objects',
  title: 'Objects',
  lead: '<p class="lead">What several routes and frames contain.</p>',
  entries: Object.entries(objects).map(([name, schema]) => {
    const id = objectId(name);
    const html = entry(
      id,
      escaped(name),
      `<p>${inline(schema.description ?? '')}</p>${fieldsOf(schema, objects)}`,
    );
    return { id, label: escaped(name), html };
  }),
});

const errorSection = (api: OpenApi): Section => ({
  id: 'errors',
  title: 'Errors',
  lead: `<p class="lead">Every error is a <a href="#${objectId('Problem')}">Problem</a>.</p>`,
  entries: Object.values(problemsOf(api))
    .sort((a, b) => a.status - b.status)
    .map((problem) => {
      const id = errorId(problem.code);
      const label = `<code>${problem.code}</code>`;
      const told = `<p>${escaped(problem.title)}. HTTP status ${String(problem.status)}.</p>`;
      return { id, label, html: entry(id, label, told, figure(`Answer ${String(problem.status)}`, problem)) };
    }),
});

const aboutSection = ({ info, components }: OpenApi): Section => {
  const { description } = components.securitySchemes.accessToken;
  const token = `${description.charAt(0).toLowerCase()}${description.slice(1)}`;
  return {
    id: 'about',
    title: 'About',
    lead:
      prose(info.description) +
      '<p>A route needs an access token in the header <code>Authorization: Bearer TOKEN</code>, unless it says otherwise. ' +
      `It is ${inline(token)}</p>` +
      '<p>For programs: <a href="openapi.json">openapi.json</a> and <a href="asyncapi.json">asyncapi.json</a>. ' +
      'The source has more: <code>server/protocol/PROTOCOL.md</code> holds the rules, and ' +
      '<code>docs/write-a-client.md</code> builds a client in 60 lines.</p>',
    entries: [],
  };
};

const navigation = (sections: readonly Section[]): string =>
  sections
    .map(({ id, title, entries }) => {
      const links = entries.map((each) => `<li><a href="#${each.id}">${each.label}</a></li>`);
      const list = links.length === 0 ? '' : `<ul>${links.join('')}</ul>`;
      return `<li><a href="#${id}">${escaped(title)}</a>${list}</li>`;
    })
    .join('');

/** The API reference: one page without scripts, from the two documents that the server publishes. */
export const referencePage = (openApi: Json, asyncApi: Json): string => {
  const api = openApi as unknown as OpenApi;
  const objects = api.components.schemas;
  const sections = [
    aboutSection(api),
    ...operationSections(api),
    ...frameSections(asyncApi as unknown as AsyncApi, objects),
    objectSection(objects),
    errorSection(api),
  ];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Parley: API reference</title>
<link rel="stylesheet" href="docs.css">
</head>
<body class="reference">
<a class="skip" href="#about">Skip the contents</a>
<header><p><a href="./">Parley</a></p><h1>API reference</h1><p>Version ${escaped(api.info.version)} of the protocol</p></header>
<nav aria-label="Contents"><ul>${navigation(sections)}</ul></nav>
<main>
${sections.map(sectionHtml).join('\n')}
</main>
</body>
</html>
`;
};

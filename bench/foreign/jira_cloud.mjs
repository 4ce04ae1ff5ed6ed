// What jira.js, which checks every answer against its own schemas, reads and writes on a Jira Cloud site. Prints one JSON object.
import { createAgileClient, createCloudClient } from 'jira.js';

const [host, email, apiToken, key] = process.argv.slice(2);
const auth = { type: 'basic', email, apiToken };
const jira = createCloudClient({ host, auth });
const agile = createAgileClient({ host, auth });

const me = await jira.myself.getCurrentUser({});
const keys = [];
let nextPageToken;
do {
  const page = await jira.issueSearch.searchAndReconsileIssuesUsingJqlPost({
    jql: 'project in (PAY, CARDS) ORDER BY key', maxResults: 100, fields: ['summary', 'status', 'labels'], nextPageToken,
  });
  keys.push(...page.issues.map((issue) => issue.key));
  nextPageToken = page.nextPageToken;
} while (nextPageToken);
const issue = await jira.issues.getIssue({ issueIdOrKey: key, expand: 'changelog' });
const [logs, permitted, statuses, types, server] = await Promise.all([
  jira.issues.getBulkChangelogs({ issueIdsOrKeys: [key] }),
  jira.permissions.getPermittedProjects({ permissions: ['ADD_COMMENTS'] }),
  jira.workflowStatuses.getStatuses({}),
  jira.issueTypes.getIssueAllTypes({}),
  jira.serverInfo.getServerInfo({}),
]);
const fields = await jira.issueFields.getFields();
const boards = await agile.board.getAllBoards({});
const columns = await agile.board.getConfiguration({ boardId: boards.values[0].id });
const sprints = await agile.board.getAllSprints({ boardId: boards.values[0].id });
const versions = await jira.projectVersions.getProjectVersionsPaginated({ projectIdOrKey: 'CARDS' });
const body = { type: 'doc', version: 1, content: [{ type: 'paragraph', content: [{ type: 'text', text: 'From another client.' }] }] };
const comment = await jira.issueComments.addComment({ issueIdOrKey: key, body });
const comments = await jira.issueComments.getComments({ issueIdOrKey: key });
await jira.issues.editIssue({ issueIdOrKey: key, update: { labels: [{ add: 'foreign' }] } });
const edited = await jira.issues.getIssue({ issueIdOrKey: key, fields: ['labels'] });
await jira.issueComments.deleteComment({ issueIdOrKey: key, id: comment.id });
console.log(JSON.stringify({
  account: me.accountId, keys, summary: issue.fields.summary, histories: logs.issueChangeLogs.length, permitted: permitted.projects.map((one) => one.key),
  statuses: statuses.length, types: types.length, deployment: server.deploymentType, fields: fields.length, boards: boards.values.map((one) => one.name),
  columns: columns.columnConfig.columns.length, sprints: sprints.values.length, versions: versions.values.length,
  comment: comment.id, commented: comments.comments.some((one) => one.id === comment.id), labels: edited.fields.labels,
}));

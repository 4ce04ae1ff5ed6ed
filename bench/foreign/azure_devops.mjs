// What azure-devops-node-api, Microsoft's own client for Node, reads and writes. Prints one JSON object.
import azure from 'azure-devops-node-api';

const [url, token, project, number] = process.argv.slice(2);
const connection = new azure.WebApi(url, azure.getPersonalAccessTokenHandler(token), { allowRetries: false });
const id = Number(number);

const place = await (await connection.getLocationsApi()).getConnectionData();
const core = await connection.getCoreApi();
const items = await connection.getWorkItemTrackingApi();
const work = await connection.getWorkApi();
const found = await core.getProject(project);
const teams = await core.getTeams(found.id);
const query = { query: `SELECT [System.Id] FROM WorkItems WHERE [System.TeamProject] = '${project}' ORDER BY [System.Id]` };
const asked = await items.queryByWiql(query, { project });
const ids = asked.workItems.map((one) => one.id);
const batch = await items.getWorkItemsBatch({ ids: ids.slice(0, 200), fields: ['System.Id', 'System.Title', 'System.State'] });
const item = await items.getWorkItem(id, undefined, undefined, 4);
const updates = await items.getUpdates(id);
const types = await items.getWorkItemTypes(project);
const areas = await items.getClassificationNode(project, 'areas', undefined, 5); // the number 0 is left out of the address by the client
const boards = await work.getBoards({ project, team: teams[0].name });
const board = await work.getBoard({ project, team: teams[0].name }, boards[0].id);
const comment = await items.addComment({ text: 'From another client.' }, project, id);
const listed = await items.getComments(project, id);
const patch = [{ op: 'test', path: '/rev', value: (await items.getWorkItem(id)).rev }, { op: 'add', path: '/fields/System.Tags', value: 'foreign' }];
const tagged = await items.updateWorkItem({}, patch, id);
await items.deleteComment(project, id, comment.id);
console.log(JSON.stringify({
  account: place.authenticatedUser.id, project: found.name, teams: teams.map((one) => one.name), ids, titles: batch.map((one) => one.fields['System.Title']),
  title: item.fields['System.Title'], updates: updates.length, types: types.map((one) => one.name), areas: areas.children.map((one) => one.name),
  boards: boards.map((one) => one.name), columns: board.columns.length, comment: comment.id,
  commented: listed.comments.some((one) => one.id === comment.id), tags: tagged.fields['System.Tags'],
}));

"""Parliament with a newer table of actions: TABLE POLICY... prints one finding a line as JSON.

Parliament 1.6.4 ships a table of April 2025, which has no tags and keys of EC2 Instance Connect endpoints, and does not know
the type of addresses in conditions. Both are data, so they are exchanged before it judges.
"""

import json
import sys
import warnings

warnings.filterwarnings("ignore")
import parliament  # noqa: E402
from parliament import statement  # noqa: E402


def privilege(service, name, action):
    rows = []
    for kind in action["resources"]:
        keys = set(kind.get("condition_keys", [])) | set(service["resources"].get(kind["type"], {}).get("condition_keys", []))
        mark = "*" if kind["required"] else ""
        rows.append({"resource_type": kind["type"] + mark, "condition_keys": sorted(keys), "dependent_actions": []})
    if action["condition_keys"] or not rows:
        rows.append({"resource_type": "", "condition_keys": action["condition_keys"], "dependent_actions": []})
    return {"privilege": name, "access_level": action["access_level"], "description": "", "resource_types": rows}


def table(services):
    for prefix, service in services.items():
        privileges = [privilege(service, name, action) for name, action in service["actions"].items()]
        keys = {k: v["type"] for k, v in service["condition_keys"].items()}
        for p in privileges:
            for row in p["resource_types"]:
                for key in row["condition_keys"]:
                    keys.setdefault(key, "String")
        yield {
            "prefix": prefix,
            "service_name": prefix,
            "privileges": privileges,
            "resources": [
                {"resource": k, "arn": r["arn_format"], "condition_keys": r["condition_keys"]} for k, r in service["resources"].items()
            ],
            "conditions": [{"condition": k, "type": t, "description": ""} for k, t in keys.items()],
        }


def main():
    services = json.load(open(sys.argv[1]))["services"]
    parliament.iam_definition[:] = [d for d in parliament.iam_definition if d["prefix"] not in services] + list(table(services))
    known = statement.translate_documentation_types
    statement.translate_documentation_types = lambda t: {"IPAddress": "Ip", "ArrayOfARN": "Arn", "Binary": "Binary"}.get(t) or known(t)
    for path in sys.argv[2:]:
        policy = parliament.analyze_policy_string(open(path).read(), path, include_community_auditors=True)
        for f in policy.findings:
            print(json.dumps({"file": path.rsplit("/", 1)[-1], "issue": f.issue, "detail": str(f.detail)[:300]}))


main()

#!/usr/bin/env python3
"""pipeline.py FILE: the commands of a pipeline in their order, each as a line
"JOB<TAB>COMMAND". The name of the file tells its system."""
import os
import re
import sys

import yaml


def github(text):
    for job in yaml.safe_load(text)["jobs"].values():
        for step in job["steps"]:
            if "run" in step:
                yield step.get("id", step.get("name", "-")), step["run"]


def gitlab(text):
    file = yaml.safe_load(text)
    jobs = {k: v for k, v in file.items()
            if isinstance(v, dict) and "script" in v}
    for stage in file["stages"]:
        for name, job in jobs.items():
            if job["stage"] == stage:
                for command in job["script"]:
                    yield name, command


def woodpecker(text):
    for step in yaml.safe_load(text)["steps"]:
        for command in step["commands"]:
            yield step["name"], command


def jenkins(text):
    for command in re.findall(r"^[^/\n]*\bsh '([^']*)'", text, re.M):
        yield "-", command


SYSTEMS = {"github": github, "gitlab": gitlab, "woodpecker": woodpecker,
           "jenkinsfile": jenkins}

if __name__ == "__main__":
    path = sys.argv[1]
    name = re.split("[-.]", os.path.basename(path).lower())[0]
    with open(path, encoding="utf-8") as pipeline:
        commands = list(SYSTEMS[name](pipeline.read()))
    if not commands:
        sys.exit("pipeline.py: no command in " + path)
    for job, command in commands:
        # A value that the system pastes into a command is code to the shell.
        if "\n" in command or "${{" in command:
            sys.exit("pipeline.py: not one plain line: " + command)
        print(job + "\t" + command)

"""Frameworks as data: the file format, its reader and writer, and the tree that pages walk.

Pure code: nothing here knows the database. The YAML files of our own frameworks lie beside it.
"""

from assessments.frameworks.errors import FrameworkError, FrameworkErrors
from assessments.frameworks.export import export_framework, framework_content
from assessments.frameworks.files import framework_files, read_framework_file
from assessments.frameworks.parser import Check, framework_from, parse_framework
from assessments.frameworks.schema import Framework

__all__ = [
    "Check",
    "Framework",
    "FrameworkError",
    "FrameworkErrors",
    "export_framework",
    "framework_content",
    "framework_files",
    "framework_from",
    "parse_framework",
    "read_framework_file",
]

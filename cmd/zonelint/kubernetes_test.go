package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"
)

// indexedJob is what is tested of kubernetes/job.yaml.
type indexedJob struct {
	APIVersion string `yaml:"apiVersion"`
	Kind       string `yaml:"kind"`
	Spec       struct {
		CompletionMode       string `yaml:"completionMode"`
		Completions          int    `yaml:"completions"`
		BackoffLimitPerIndex *int   `yaml:"backoffLimitPerIndex"`
		PodFailurePolicy     struct {
			Rules []struct {
				Action      string `yaml:"action"`
				OnExitCodes struct {
					ContainerName string `yaml:"containerName"`
					Operator      string `yaml:"operator"`
					Values        []int  `yaml:"values"`
				} `yaml:"onExitCodes"`
			} `yaml:"rules"`
		} `yaml:"podFailurePolicy"`
		Template struct {
			Spec struct {
				RestartPolicy                string `yaml:"restartPolicy"`
				AutomountServiceAccountToken *bool  `yaml:"automountServiceAccountToken"`
				SecurityContext              struct {
					RunAsNonRoot bool `yaml:"runAsNonRoot"`
					RunAsUser    int  `yaml:"runAsUser"`
				} `yaml:"securityContext"`
				Containers []struct {
					Name            string   `yaml:"name"`
					Image           string   `yaml:"image"`
					Args            []string `yaml:"args"`
					SecurityContext struct {
						AllowPrivilegeEscalation *bool `yaml:"allowPrivilegeEscalation"`
						ReadOnlyRootFilesystem   bool  `yaml:"readOnlyRootFilesystem"`
						Capabilities             struct {
							Drop []string `yaml:"drop"`
						} `yaml:"capabilities"`
					} `yaml:"securityContext"`
					Resources struct {
						Requests map[string]string `yaml:"requests"`
						Limits   map[string]string `yaml:"limits"`
					} `yaml:"resources"`
					VolumeMounts []struct {
						Name      string `yaml:"name"`
						MountPath string `yaml:"mountPath"`
					} `yaml:"volumeMounts"`
				} `yaml:"containers"`
				Volumes []struct {
					Name string `yaml:"name"`
				} `yaml:"volumes"`
			} `yaml:"spec"`
		} `yaml:"template"`
	} `yaml:"spec"`
}

func readIndexedJob(t *testing.T) (j indexedJob) {
	t.Helper()
	src, err := os.ReadFile("kubernetes/job.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.Load(src, &j); err != nil {
		t.Fatal(err)
	}
	return j
}

// The pods of the job may do nothing but read zones and write findings, and a
// part that fails is tried again, unless it would fail again.
func TestKubernetesJob(t *testing.T) {
	j := readIndexedJob(t)
	pod := &j.Spec.Template.Spec
	c := &pod.Containers[0]
	if j.APIVersion != "batch/v1" || j.Kind != "Job" || j.Spec.CompletionMode != "Indexed" || pod.RestartPolicy != "Never" || j.Spec.BackoffLimitPerIndex == nil {
		t.Errorf("%s %s %s %s", j.APIVersion, j.Kind, j.Spec.CompletionMode, pod.RestartPolicy)
	}
	no := func(b *bool) bool { return b != nil && !*b }
	if !pod.SecurityContext.RunAsNonRoot || pod.SecurityContext.RunAsUser == 0 || !no(pod.AutomountServiceAccountToken) ||
		!no(c.SecurityContext.AllowPrivilegeEscalation) || !c.SecurityContext.ReadOnlyRootFilesystem || !slices.Contains(c.SecurityContext.Capabilities.Drop, "ALL") {
		t.Errorf("the pod may do more than it must: %+v %+v", pod.SecurityContext, c.SecurityContext)
	}
	if c.Resources.Requests["cpu"] == "" || c.Resources.Limits["memory"] == "" {
		t.Errorf("the pod has no bounds: %+v", c.Resources)
	}
	for _, m := range c.VolumeMounts {
		if !slices.ContainsFunc(pod.Volumes, func(v struct {
			Name string `yaml:"name"`
		},
		) bool {
			return v.Name == m.Name
		}) {
			t.Errorf("there is no volume %s", m.Name)
		}
	}
	if !slices.Contains(c.Args, fmt.Sprintf("--shard=$(JOB_COMPLETION_INDEX)/%d", j.Spec.Completions)) {
		t.Errorf("the parts of %q are not the %d of the job", c.Args, j.Spec.Completions)
	}
	usage := false
	for _, r := range j.Spec.PodFailurePolicy.Rules {
		if len(r.OnExitCodes.Values) > 0 && r.OnExitCodes.ContainerName != c.Name {
			t.Errorf("there is no container %s", r.OnExitCodes.ContainerName)
		}
		usage = usage || r.Action == "FailJob" && r.OnExitCodes.Operator == "In" && slices.Equal(r.OnExitCodes.Values, []int{2})
	}
	if !usage {
		t.Error("wrong usage is tried in every part")
	}
	image := readDockerfile(t)
	if user := fmt.Sprintf("%d:%[1]d", pod.SecurityContext.RunAsUser); !slices.Contains(image, instruction{"USER", user}) {
		t.Errorf("the image knows no user %s", user)
	}
}

// The pods of the job find between them what one run finds.
func TestKubernetesParts(t *testing.T) {
	j := readIndexedJob(t)
	zones, err := filepath.Abs("../../testdata/zones")
	if err != nil {
		t.Fatal(err)
	}
	findings := t.TempDir()
	run := func(want int, args ...string) {
		t.Helper()
		cmd := exec.Command("zonelint", args...)
		if out, _ := cmd.CombinedOutput(); cmd.ProcessState.ExitCode() != want {
			t.Fatalf("%q ends with %d, want %d:\n%s", args, cmd.ProcessState.ExitCode(), want, out)
		}
	}
	var parts []string
	full := 0
	for i := range j.Spec.Completions {
		fill := strings.NewReplacer("$(JOB_COMPLETION_INDEX)", strconv.Itoa(i), "/findings/", findings+"/", "/zones", zones)
		var args []string
		for _, a := range j.Spec.Template.Spec.Containers[0].Args {
			args = append(args, fill.Replace(a))
		}
		run(0, args...)
		part := findingLines(t, filepath.Join(findings, strconv.Itoa(i)+".jsonl"))
		if len(part) > 0 {
			full++
		}
		parts = append(parts, part...)
	}
	if full < 2 {
		t.Errorf("all findings are in %d part", full)
	}
	whole := filepath.Join(findings, "whole")
	run(1, "check", "--format=jsonl:"+whole, zones)
	want := findingLines(t, whole)
	slices.Sort(parts)
	slices.Sort(want)
	if !slices.Equal(parts, want) {
		t.Errorf("the parts have %d findings, one run has %d", len(parts), len(want))
	}
}

func findingLines(t *testing.T, file string) []string {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for line := range bytes.Lines(b) {
		lines = append(lines, string(line))
	}
	return lines
}

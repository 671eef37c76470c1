package providers

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// StepState is how far a step has come.
type StepState string

// The states of a step. A journal is written before a step is begun and after
// it has ended, so that whatever happens to the process, a step that was begun
// is not StepPending, and one that is StepDone was answered for.
const (
	StepPending StepState = "pending" // not begun
	StepStarted StepState = "started" // begun, and nothing is known of its end
	StepDone    StepState = "done"    // the provider says that it was made
	StepNotMade StepState = "not made"
	StepUnknown StepState = "unknown" // it failed, and it is not known how far it came
)

// Journal is what a run that changes a zone writes down of itself, from before
// the first write on. It is enough to undo the run.
type Journal struct {
	// Path is the file that it was read from or is written to.
	Path string
	// Plan is what is carried out, bound to the zone as it was read at Started;
	// Raw data of records that go are in its RRsets.
	Plan *Plan
	// Planned is the hash of the plan that was asked for.
	Planned string
	// Started and Finished are when; Finished is zero in the journal of a run
	// that did not come to its end.
	Started, Finished time.Time
	// Steps are how far each step has come.
	Steps []StepState
	// Error is what stopped the run; "" if nothing did.
	Error string
	// Outcomes are those of the report, one for each operation; nil until the
	// run has finished.
	Outcomes []Outcome

	redactor *Redactor
	file     func(path string, content []byte) error
}

type journalJSON struct {
	Version  int         `json:"version"`
	Planned  string      `json:"planned"`
	Started  time.Time   `json:"started"`
	Finished *time.Time  `json:"finished,omitempty"`
	Steps    []StepState `json:"steps"`
	Error    string      `json:"error,omitempty"`
	Outcomes []Outcome   `json:"outcomes,omitempty"`
	Plan     *Plan       `json:"plan"`
}

// MarshalJSON writes the journal.
func (j *Journal) MarshalJSON() ([]byte, error) {
	out := journalJSON{Version: planVersion, Planned: j.Planned, Started: j.Started, Steps: j.Steps, Error: j.Error, Outcomes: j.Outcomes, Plan: j.Plan}
	if !j.Finished.IsZero() {
		out.Finished = &j.Finished
	}
	return json.Marshal(out)
}

// UnmarshalJSON reads what MarshalJSON writes; the error wraps ErrPlan.
func (j *Journal) UnmarshalJSON(b []byte) error {
	var in journalJSON
	if err := json.Unmarshal(b, &in); err != nil {
		if errors.Is(err, ErrPlan) {
			return err
		}
		return fmt.Errorf("%w: %w", ErrPlan, err)
	}
	switch {
	case in.Version != planVersion:
		return fmt.Errorf("%w: version %d, and this zonelint knows version %d", ErrPlan, in.Version, planVersion)
	case in.Plan == nil || len(in.Steps) != len(in.Plan.Steps):
		return fmt.Errorf("%w: the journal is not whole", ErrPlan)
	}
	for _, s := range in.Steps {
		switch s {
		case StepPending, StepStarted, StepDone, StepNotMade, StepUnknown:
		default:
			return fmt.Errorf("%w: a step that is %q", ErrPlan, clip(string(s)))
		}
	}
	*j = Journal{Plan: in.Plan, Planned: in.Planned, Started: in.Started, Steps: in.Steps, Error: in.Error, Outcomes: in.Outcomes}
	if in.Finished != nil {
		j.Finished = *in.Finished
	}
	return nil
}

// LoadJournal reads a journal.
func LoadJournal(path string) (*Journal, error) {
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() { // to open a pipe would wait
		return nil, fmt.Errorf("journal %s: not a regular file", path)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	j := &Journal{}
	if err := json.Unmarshal(b, j); err != nil {
		return nil, fmt.Errorf("journal %s: %w", path, err)
	}
	j.Path = path
	return j, nil
}

// newJournal begins the journal of a run, with the whole zone in a file beside
// it. Nothing has been written to the provider before it returns.
func (a *Applier) newJournal(plan *Plan, s *Snapshot, planned string) (*Journal, error) {
	now := a.now()
	j := &Journal{Plan: plan, Planned: planned, Started: now.UTC(), redactor: a.Redactor, file: writeFile}
	if a.file != nil {
		j.file = a.file
	}
	for range plan.Steps {
		j.Steps = append(j.Steps, StepPending)
	}
	base := fmt.Sprintf("%s-%s", fileName(plan.Provider, plan.Zone), now.UTC().Format("20060102T150405.000000000Z"))
	j.Path = filepath.Join(a.Dir, base+".json")
	if _, err := os.Lstat(j.Path); err == nil {
		return nil, fmt.Errorf("journal %s: there is one already", j.Path)
	}
	content, err := json.Marshal(struct {
		Version int    `json:"version"`
		Zone    string `json:"zone"`
		Items   []Item `json:"records"`
	}{planVersion, s.Apex.String(), orEmpty(s.Items)})
	if err != nil {
		return nil, fmt.Errorf("zone %s: %w", plan.Zone, err)
	}
	if err := j.put(filepath.Join(a.Dir, base+".zone.json"), content); err != nil {
		return nil, err
	}
	return j, j.write()
}

// write puts the journal on the disk as it is now.
func (j *Journal) write() error {
	b, err := json.Marshal(j)
	if err != nil {
		return fmt.Errorf("journal %s: %w", j.Path, err)
	}
	return j.put(j.Path, b)
}

// put writes a file that has no credentials in it, or none.
func (j *Journal) put(path string, b []byte) error {
	if j.redactor.Holds(b) {
		return guard("a record of zone %s holds the value of a credential, which is not written down", j.Plan.Zone)
	}
	if err := j.file(path, append(b, '\n')); err != nil {
		return fmt.Errorf("journal: %w", err)
	}
	return nil
}
